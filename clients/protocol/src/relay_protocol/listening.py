"""Where a server listens: at an address that is its own, for as long as its parent lives."""

import multiprocessing
import os
import signal
import socket
from threading import Thread


def require_own(host: str, port: int) -> None:
    """Return if nobody listens at an address, and this process may.

    The web server shares the address of another one that shares its own: two hubs would then be
    given each other's visitors, and neither would say so.

    Raises:
        OSError: somebody does, the address is none of this machine's, or the port is for others.
        OverflowError: there is no such port.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        if os.name == "posix":
            # Connections that have just ended keep nobody away; elsewhere the word means another.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address[0], port, *address[2:]))


def end_with_parent() -> None:
    """Have this process end by itself, as if told to, when the one that started it is no more.

    A parent that is killed can tell nobody: its child would go on listening, of an older release
    perhaps, beside the one that is started next.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, name="parent", daemon=True).start()
