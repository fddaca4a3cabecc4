"""The headers that stand on every answer: what a browser may load, send and keep."""

from typing import Final

from flask import Flask, Response, request

QUIET_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# The portal signs with passkeys, for which a page needs its script; Bootstrap draws its marks
# as data: images.
WORK_POLICY: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
EVERYWHERE: Final = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
    "X-Robots-Tag": "noindex, nofollow",
}
TRANSPORT: Final = "max-age=31536000; includeSubDomains"


def policy_for(path: str) -> str:
    """Return the Content-Security-Policy of a path: with a script in the portal alone."""
    return WORK_POLICY if path.startswith("/portal") else QUIET_POLICY


def of_files(path: str, *, https: bool) -> list[tuple[str, str]]:
    """Return what guard() sets on the answers of a path, for files that are served without Flask.

    Args:
        path: where the files are.
        https: whether people reach them by https.
    """
    fields = [*EVERYWHERE.items(), ("Content-Security-Policy", policy_for(path))]
    if https:
        fields.append(("Strict-Transport-Security", TRANSPORT))
    return fields


def guard(app: Flask, *, https: bool) -> None:
    """Set the headers on every answer of an app.

    Args:
        app: the app.
        https: whether people reach it by https; only then may a browser be told to insist.
    """

    @app.after_request
    def set_headers(response: Response) -> Response:
        for name, value in EVERYWHERE.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy_for(request.path))
        if https:
            response.headers.setdefault("Strict-Transport-Security", TRANSPORT)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
