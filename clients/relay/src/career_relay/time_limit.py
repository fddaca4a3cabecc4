"""The time limit of a request, told by httpx of each connection that it makes."""

import socket
from collections.abc import Mapping
from typing import Protocol, cast

from relay_protocol.time_limit import TimeLimit

_NEW_STREAM = (".connect_tcp.complete", ".start_tls.complete")


class _Stream(Protocol):
    """What httpx calls a connection that it has made."""

    def get_extra_info(self, info: str) -> object:
        """Return something of the connection by its name."""


class TracedLimit(TimeLimit):
    """Ends the connection of one client of httpx when a request takes too long in all."""

    def trace(self, event: str, about: Mapping[str, object]) -> None:
        """Take note of the connection; httpx's `trace` extension, given with each request."""
        if event.endswith(_NEW_STREAM):
            made = cast("_Stream", about["return_value"]).get_extra_info("socket")
            self.hold(made if isinstance(made, socket.socket) else None)
