"""The port that a server listens at."""

from __future__ import annotations

import asyncio
import socket

from designchord.cli.serve import _bind


def test_what_is_written_is_sent_at_once() -> None:
    """Seen from outside this is a time, so the connection is looked at from inside."""
    listener = _bind("127.0.0.1", 0)
    sends_at_once: list[int] = []

    def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        sends_at_once.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def visit() -> None:
        async with await asyncio.start_server(accepted, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            assert await reader.read() == b""
            writer.close()

    asyncio.run(visit())
    assert [bool(value) for value in sends_at_once] == [True]
