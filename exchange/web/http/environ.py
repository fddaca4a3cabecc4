"""A request as ASGI tells of it, in the words of WSGI (PEP 3333)."""

import sys
from collections.abc import MutableMapping
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Final, TypeAlias, cast
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Message: TypeAlias = MutableMapping[str, object]

PLAIN: Final = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
PROTOCOLS: Final = {"1": "HTTP/1.0", "1.0": "HTTP/1.0", "1.1": "HTTP/1.1"}
COOKIE: Final = "HTTP_COOKIE"
NAMES_KEPT: Final = 512
SAME_FOR_ALL: Final = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


def environ_of(scope: Message) -> "WSGIEnvironment":
    """Return the environment of a request, its body empty.

    A header that comes twice is one, joined by commas, cookies by semicolons. Names with
    underscores are left out: X_Forwarded_For would pass for a proxy's own X-Forwarded-For.

    Args:
        scope: of a request over HTTP (ASGI 3).
    """
    name, port = cast("tuple[str, int | str]", scope["server"])
    address, from_port = cast("tuple[str, int | str]", scope["client"])
    environ: WSGIEnvironment = {
        **SAME_FOR_ALL,
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": unquote_to_bytes(cast("bytes", scope["raw_path"])).decode("latin-1"),
        "QUERY_STRING": cast("bytes", scope["query_string"]).decode("latin-1"),
        "SERVER_PROTOCOL": PROTOCOLS.get(str(scope["http_version"]), "HTTP/1.1"),
        "SERVER_NAME": name,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": address,
        "REMOTE_PORT": str(from_port),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
    }
    for raw_name, raw_value in cast("list[tuple[bytes, bytes]]", scope["headers"]):
        key = _key(raw_name)
        if key is None:
            continue
        value = raw_value.decode("latin-1")
        if key in environ:
            value = f"{environ[key]}{'; ' if key == COOKIE else ','}{value}"
        environ[key] = value
    return environ


@lru_cache(maxsize=NAMES_KEPT)
def _key(raw_name: bytes) -> str | None:
    """Return what a header is called in an environment, or None if it has no place there."""
    if b"_" in raw_name:
        return None
    name = raw_name.decode("latin-1").lower()
    return PLAIN.get(name) or "HTTP_" + name.upper().replace("-", "_")
