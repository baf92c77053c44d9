"""
Gunicorn's threads, for phones on bad networks: a thread is held only by who is talking.

1. A new connection waits with the idle ones until its first bytes are here; gunicorn would hold a thread for it.
2. Once it has a thread, every wait is bounded: the TLS handshake, each read, each write. A phone that loses its signal
   in the middle of an upload says nothing, not even good-bye; a few dozen such would otherwise stop the whole server.
3. Who stays silent too long is treated as gone. What was half received is thrown away; the phone sends it again.
4. What cannot be read as HTTP is answered by its status alone: gunicorn's own page repeats the request, token and all.
"""

import errno
import socket
import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

PATIENCE = 30.0  # seconds of silence within a request; a moving upload over 2G is silent for one or two
HANDSHAKE = 10.0  # seconds for each step of a TLS handshake, before anybody has shown that it is a phone


class _Bounded:
    """A socket that is never waited for without end. Mixed into both kinds."""

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 - as socket has it
        """Wait, but not for ever, where gunicorn asks to wait."""
        self.settimeout(PATIENCE if flag else 0.0)  # type: ignore[attr-defined]

    def recv(self, *given: Any) -> bytes:
        """Read; raises ConnectionResetError, which gunicorn takes for a phone that has gone."""
        try:
            return super().recv(*given)  # type: ignore[misc,no-any-return]
        except TimeoutError as error:
            raise _gone() from error

    def sendall(self, *given: Any) -> None:
        """Write; raises ConnectionResetError."""
        try:
            super().sendall(*given)  # type: ignore[misc]
        except TimeoutError as error:
            raise _gone() from error

    def sendfile(self, *given: Any, **more: Any) -> int:
        """Write a whole file; raises ConnectionResetError."""
        try:
            return super().sendfile(*given, **more)  # type: ignore[misc,no-any-return]
        except TimeoutError as error:
            raise _gone() from error


class Plain(_Bounded, socket.socket):
    """A bounded socket without TLS."""


class Sealed(_Bounded, ssl.SSLSocket):
    """A bounded socket with TLS; a context makes these where its `sslsocket_class` says so."""

    def do_handshake(self, *given: Any) -> None:
        """Shake hands; raises ConnectionResetError."""
        self.settimeout(HANDSHAKE)
        try:
            super().do_handshake(*given)
            self.settimeout(PATIENCE)
        except TimeoutError as error:
            raise _gone() from error


def bounded(context: ssl.SSLContext) -> ssl.SSLContext:
    """Let a context make sockets that are never waited for without end."""
    context.sslsocket_class = Sealed
    return context


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's threaded worker with bounded sockets."""

    def enqueue_req(self, conn: TConn) -> None:
        """Give a connection a thread; a new one only when it has said something. Runs in the main thread."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.sock = Plain(fileno=conn.sock.detach())
        conn.sock.settimeout(0.0)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Log what went wrong and answer with a bare status."""
        draft = _Draft(client)
        super().handle_error(req, draft, addr, exc)
        if draft.line:
            with suppress(OSError):
                client.sendall(draft.line + b"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    def murder_keepalived(self) -> None:
        """Close idle connections whose time is over; when the server ends, all of them at once."""
        self._expire(self.keepalived_conns)
        super().murder_keepalived()

    def murder_pending(self) -> None:
        """Close connections that have said nothing; when the server ends, all of them at once."""
        self._expire(self.pending_conns)
        super().murder_pending()

    def _expire(self, idle: Iterable[TConn]) -> None:
        if not self.alive:
            for conn in idle:
                conn.timeout = 0.0


class _Draft:
    """Takes down the status line of what gunicorn would answer."""

    def __init__(self, sock: Any) -> None:
        self.sock = sock
        self.line = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sock, name)

    def sendall(self, answer: bytes) -> None:
        """Keep the first line and send nothing."""
        self.line = answer.split(b"\r\n", 1)[0]


def _gone() -> ConnectionResetError:
    return ConnectionResetError(errno.ECONNRESET, "silent for too long")
