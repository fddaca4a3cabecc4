"""The environment of a request (PEP 3333), each value written out by hand."""

import pytest

from exchange.web.http.environ import Message, environ_of


def scope(**other: object) -> Message:
    """Return what ASGI tells of a plain request."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "server": ("127.0.0.1", "8400"),
        "client": ("192.0.2.7", "50123"),
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [],
        **other,
    }


def test_a_plain_request_is_told_without_headers_or_body() -> None:
    environ = environ_of(scope(query_string=b"a=%20&b=\xe3\x81\x82"))

    assert environ.pop("wsgi.input").read() == b""
    assert environ.pop("wsgi.errors").writable()
    assert environ == {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "a=%20&b=\u00e3\u0081\u0082",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8400",
        "REMOTE_ADDR": "192.0.2.7",
        "REMOTE_PORT": "50123",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


@pytest.mark.parametrize(
    ("raw_path", "path"),
    [
        (b"/a%20b", "/a b"),
        # UTF-8 stands byte by byte, and what is no UTF-8 stays what it was.
        (b"/%E3%81%82", "/\u00e3\u0081\u0082"),
        (b"/%ff%2f", "/\u00ff/"),
        (b"/a/../b;c=d/%00", "/a/../b;c=d/\x00"),
        (b"*", "*"),
    ],
)
def test_a_path_is_bytes_as_latin_1(raw_path: bytes, path: str) -> None:
    assert environ_of(scope(raw_path=raw_path))["PATH_INFO"] == path


@pytest.mark.parametrize(
    ("version", "protocol"), [("1", "HTTP/1.0"), ("1.0", "HTTP/1.0"), ("1.1", "HTTP/1.1")]
)
def test_the_version_is_named_in_full(version: str, protocol: str) -> None:
    assert environ_of(scope(http_version=version))["SERVER_PROTOCOL"] == protocol


def test_headers_are_joined_by_name_and_two_have_names_of_their_own() -> None:
    environ = environ_of(
        scope(
            headers=[
                (b"host", b"hub.example"),
                (b"content-type", b"text/plain"),
                (b"content-length", b"3"),
                (b"x-forwarded-for", b"192.0.2.1"),
                (b"X-Forwarded-For", b"192.0.2.2"),
                (b"cookie", b"a=1"),
                (b"cookie", b"b=\xe9"),
            ]
        )
    )

    assert {name: environ[name] for name in environ if name.startswith(("HTTP_", "CONTENT_"))} == {
        "HTTP_HOST": "hub.example",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "3",
        "HTTP_X_FORWARDED_FOR": "192.0.2.1,192.0.2.2",
        "HTTP_COOKIE": "a=1; b=\u00e9",
    }


def test_a_name_with_an_underscore_passes_for_no_other() -> None:
    headers = [(b"x-forwarded-for", b"192.0.2.1"), (b"x_forwarded_for", b"198.51.100.9")]

    assert environ_of(scope(headers=headers))["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"
    assert "HTTP_CONTENT_LENGTH" not in environ_of(scope(headers=[(b"content_length", b"9")]))
