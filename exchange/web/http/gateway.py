"""Requests are received whole before a thread is given to them: ASGI outside, WSGI inside.

A client whose body drips in, or who reads its answer slowly, costs a connection and no thread.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias, TypeVar, cast

from werkzeug.exceptions import RequestTimeout

from exchange.web.http.answer import Answer
from exchange.web.http.environ import Message, environ_of
from exchange.web.http.limits import LARGEST_BODY

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
One = TypeVar("One")

THREADS: Final = 8
WITHIN_S: Final = 30.0
IN_MEMORY_BYTES: Final = 64 * 1024
CLOSE: Final = (b"connection", b"close")


class WholeRequests:
    """An ASGI application that lets a WSGI application answer what has come in whole.

    A body that is too large or too slow is refused by the application too, in its own words:
    it reads a stated length beyond its bound, or a body that raises RequestTimeout.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        threads: int = THREADS,
        within_s: float = WITHIN_S,
        largest: int = LARGEST_BODY,
    ) -> None:
        """Take the application that answers.

        Args:
            app: the application; it refuses what is longer than `largest`.
            threads: how many requests it answers at once.
            within_s: how long a body may take to come in, and a piece of an answer to go out.
            largest: how many bytes of a body are taken in.
        """
        self._app = app
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self._within_s = within_s
        self._largest = largest

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        environ = environ_of(scope)
        try:
            is_whole = not _has_body(environ) or await self._take_in(environ, receive)
            await self._answer(environ, receive, send, () if is_whole else (CLOSE,))
        except _LeftError:
            return
        finally:
            environ["wsgi.input"].close()

    async def _take_in(self, environ: "WSGIEnvironment", receive: Receive) -> bool:
        """Return whether a body came in whole; the environment has it, or what refuses it.

        Raises:
            _LeftError: the client has left.
        """
        # What the application gets has a length, however it came.
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        stated = int(environ.get("CONTENT_LENGTH", 0))
        if stated > self._largest:
            return False
        body = environ["wsgi.input"] = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
        size = 0
        is_more = True
        try:
            async with asyncio.timeout(self._within_s):
                while is_more and size <= self._largest:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise _LeftError
                    size += body.write(cast("bytes", message.get("body", b"")))
                    is_more = bool(message.get("more_body"))
        except TimeoutError:
            body.close()
            environ["wsgi.input"] = _TooSlow()
            environ["CONTENT_LENGTH"] = str(max(stated, 1))
            return False
        body.seek(0)
        environ["CONTENT_LENGTH"] = str(size)
        return size <= self._largest

    async def _answer(
        self,
        environ: "WSGIEnvironment",
        receive: Receive,
        send: Send,
        further: tuple[tuple[bytes, bytes], ...],
    ) -> None:
        """Send the application's answer, each piece made by a thread while nobody waits for it.

        Args:
            further: headers that stand on the answer besides.
        """
        loop = asyncio.get_running_loop()
        context = copy_context()

        def in_thread(do: Callable[[], One]) -> "asyncio.Future[One]":
            return loop.run_in_executor(self._pool, lambda: context.run(do))

        answer = Answer(self._app, environ)
        piece = await in_thread(answer.next_piece)
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": answer.status,
                    "headers": [*answer.headers, *further],
                }
            )
            if answer.is_over:
                await send({"type": "http.response.body", "body": piece})
                return
            gone = asyncio.ensure_future(_departure(receive))
            try:
                await self._send_or_leave(send, piece, gone, is_more=True)
                while not answer.is_over:
                    piece = await in_thread(answer.next_piece)
                    await self._send_or_leave(send, piece, gone, is_more=not answer.is_over)
            finally:
                gone.cancel()
        finally:
            if not answer.is_over:
                await in_thread(answer.close)

    async def _send_or_leave(
        self, send: Send, piece: bytes, gone: "asyncio.Future[None]", *, is_more: bool
    ) -> None:
        """Send a piece as soon as the client has room for it.

        Raises:
            _LeftError: the client has left, or takes nothing for too long.
        """
        sending = asyncio.ensure_future(
            send({"type": "http.response.body", "body": piece, "more_body": is_more})
        )
        await asyncio.wait(
            {sending, gone}, timeout=self._within_s, return_when=asyncio.FIRST_COMPLETED
        )
        if gone.done() or not sending.done():
            sending.cancel()
            raise _LeftError
        sending.result()

    async def _live(self, receive: Receive, send: Send) -> None:
        """Say yes to the server's beginning and end."""
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                self._pool.shutdown(wait=False)
                return


class _LeftError(Exception):
    """The client has left, or takes nothing; there is nobody to answer."""


class _TooSlow(io.RawIOBase):
    """A body that was not awaited to its end."""

    def readable(self) -> bool:
        return True

    def readinto(self, _: object) -> NoReturn:
        raise RequestTimeout

    def read(self, _: int = -1) -> NoReturn:
        raise RequestTimeout


def _has_body(environ: "WSGIEnvironment") -> bool:
    """Return whether a request announces a body."""
    return "HTTP_TRANSFER_ENCODING" in environ or environ.get("CONTENT_LENGTH", "0") != "0"


async def _departure(receive: Receive) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
