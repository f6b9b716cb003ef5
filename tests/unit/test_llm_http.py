"""HTTP as servers really speak it: odd, cut anywhere, compressed, encrypted, or not HTTP at all."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from designchord.errors import ModelError
from designchord.llm.base import Answer, Message, Request
from designchord.llm.openai import OpenAICompatible

WORDS = ["Ein ", "langer ", "Satz ", "한국어 ", "mit ", "vielen ", "Wörtern. "] * 20

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def event(text: str, finish: str = "null") -> bytes:
    return f'data: {{"choices": [{{"delta": {{"content": "{text}"}}, "finish_reason": {finish}}}]}}\n\n'.encode()


BODY = b"".join(map(event, WORDS)) + event("", '"stop"') + b"data: [DONE]\n\n"


def chunked(body: bytes, size: int) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


@asynccontextmanager
async def serving(serve: Serve, trust: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=trust)
    async with server:
        yield f"http{'s' if trust else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def saying(response: bytes, size: int, *, stay: bool = False) -> Serve:
    """Read the request and answer with these bytes, so many at a time."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        length = int(request.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        for at in range(0, len(response), size):
            writer.write(response[at : at + size])
            await writer.drain()
            await asyncio.sleep(0)
        if stay:
            await reader.read()

    return serve


async def ask(url: str) -> tuple[Answer, str]:
    """The answer, and the text that was passed on meanwhile."""
    shown: list[str] = []

    def on_text(text: str) -> float:
        shown.append(text)
        return 0.02

    client = OpenAICompatible("openai:test", url)
    try:
        answer = await client.complete(Request((Message("user", "x"),), 10, deadline=20, connect=1), on_text)
    finally:
        await client.aclose()
    return answer, "".join(shown)


WELL_SAID = {
    "counted": head(f"Content-Length: {len(BODY)}") + BODY,
    "chunks": head("Transfer-Encoding: chunked") + chunked(BODY, 7),
    "a chunk an event": head("Transfer-Encoding: chunked", "Connection: close") + chunked(BODY, 70),
    "one chunk": head("transfer-encoding: Chunked") + chunked(BODY, 100_000),
    "to the end": head() + BODY,
    "compressed": head("Transfer-Encoding: chunked", "Content-Encoding: gzip") + chunked(gzip.compress(BODY), 20),
}


@pytest.mark.parametrize("size", [1, 3, 50, 100_000])
@pytest.mark.parametrize("name", WELL_SAID)
async def test_an_answer_is_read_to_its_end_however_it_comes(name: str, size: int) -> None:
    async with serving(saying(WELL_SAID[name], size)) as url:
        answer, shown = await ask(url)
    assert answer.text == shown == "".join(WORDS)


@pytest.mark.parametrize("name", ["counted", "chunks", "a chunk an event"])
async def test_a_server_that_keeps_the_connection_open_is_not_waited_for(name: str) -> None:
    async with serving(saying(WELL_SAID[name], 30, stay=True)) as url:
        assert (await ask(url))[0].text == "".join(WORDS)


@pytest.mark.parametrize("size", [1, 100_000])
@pytest.mark.parametrize(
    ("response", "code"),
    [
        (b"", "model_unreachable"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "model_bad_answer"),
        (b"HTTP/1.1 OK\r\n\r\n", "model_bad_answer"),
        (head("Content-Length: -1"), "model_bad_answer"),
        (head("Transfer-Encoding: chunked") + b"nonsense\r\n", "model_bad_answer"),
        (head("X: " + "x" * 100_000), "model_bad_answer"),
        (head("Transfer-Encoding: chunked") + chunked(BODY, 40)[:400], "model_incomplete"),
        (head("Content-Length: 100000") + BODY[:400], "model_incomplete"),
    ],
)
async def test_what_is_no_whole_response_is_no_answer(response: bytes, code: str, size: int) -> None:
    async with serving(saying(response, size)) as url:
        with pytest.raises(ModelError) as caught:
            await ask(url)
    assert caught.value.code == code


async def test_a_host_without_a_server_is_unreachable() -> None:
    async with serving(saying(b"", 1)) as url:
        pass
    with pytest.raises(ModelError) as caught:
        await ask(url)
    assert (caught.value.code, caught.value.retryable) == ("model_unreachable", True)


@pytest.mark.parametrize("url", ["", "x", "ftp://x/", "http://", "http://a:x/"])
async def test_what_is_no_address_is_told_and_not_asked_again(url: str) -> None:
    with pytest.raises(ModelError) as caught:
        await ask(url)
    assert (caught.value.code, caught.value.retryable) == ("model_not_found", False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that only itself vouches for, with its key."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", f"{path}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


async def test_a_certificate_that_nobody_vouches_for_is_told_and_not_asked_again(certificate: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    async with serving(saying(WELL_SAID["counted"], 100), context) as url:
        with pytest.raises(ModelError) as caught:
            await ask(url)
    assert (caught.value.code, caught.value.retryable) == ("model_unreachable", False)


async def test_a_small_server_may_be_silent_to_all_while_it_reads_what_one_of_them_sent() -> None:
    """Servers on one machine read a prompt and write nothing to anybody meanwhile."""
    read = asyncio.Event()
    idle = 0.2

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent = await reader.readuntil(b"\r\n\r\n")
        length = int(sent.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        second = b"second" in await reader.readexactly(length)
        writer.write(head("Content-Type: text/event-stream"))
        if second:
            await asyncio.sleep(3 * idle)  # nobody is answered while this is read
            read.set()
        else:
            writer.write(event("first "))
            await writer.drain()
            await read.wait()
        writer.write(event("whole") + event("", '"stop"') + b"data: [DONE]\n\n")
        await writer.drain()

    async with serving(serve) as url:
        client = OpenAICompatible("custom:small", base_url=url)

        def ask(words: str) -> asyncio.Task[Answer]:
            request = Request((Message("user", words),), 100, deadline=10.0, first=5.0, idle=idle)
            return asyncio.create_task(client.complete(request))

        first = ask("first")
        await asyncio.sleep(idle / 2)
        second = ask("second")
        assert [(await one).text for one in (first, second)] == ["first whole", "whole"]
        await client.aclose()
