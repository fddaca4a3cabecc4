"""Stylesheets, scripts and marks: our own files only, read and compressed once."""

import gzip
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

STANDS_S: Final = 3600
WORTH_COMPRESSING: Final = 1_000
# The tables of the machine may say otherwise, and a script of another type is not run.
TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    compressed: bytes | None
    media_type: str
    etag: str


def serve(app: Flask) -> None:
    """Let an app answer its static files, and Bootstrap's, out of memory.

    Pages are never compressed: beside what an attacker may write into them stand keys of
    forms, and the length of the compressed page would tell of them.
    """
    folders = {"static": app.static_folder}
    folders |= {
        f"{name}.static": blueprint.static_folder
        for name, blueprint in app.blueprints.items()
        if blueprint.static_folder is not None
    }
    for endpoint, folder in folders.items():
        app.view_functions[endpoint] = _view(str(folder))


@lru_cache(maxsize=256)
def read(path: Path) -> Asset:
    """Return a file with its type, its mark and its compressed form."""
    body = path.read_bytes()
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compressed = gzip.compress(body, 9, mtime=0) if len(body) >= WORTH_COMPRESSING else None
    return Asset(
        body=body,
        compressed=compressed,
        media_type=TYPES.get(path.suffix, guessed),
        etag=sha256(body).hexdigest()[:20],
    )


def _view(folder: str) -> Callable[[str], Response]:
    """Return what answers the files of one folder."""

    def answer(filename: str) -> Response:
        joined = safe_join(folder, filename)
        if joined is None or not Path(joined).is_file():
            raise NotFound
        asset = read(Path(joined))
        understood = request.accept_encodings.quality("gzip") > 0
        shortened = asset.compressed if understood else None
        response = Response(shortened or asset.body, content_type=asset.media_type)
        if shortened:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = f"public, max-age={STANDS_S}"
        response.set_etag(asset.etag + ("-gz" if shortened else ""))
        response.make_conditional(request)
        return response

    return answer
