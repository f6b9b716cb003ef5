"""HTTP as servers really speak it: odd, cut anywhere, compressed, encrypted, or not HTTP at all."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from designchord.errors import ModelError
from designchord.llm import wire
from designchord.llm.base import Message, Request
from designchord.llm.openai import OpenAICompatible

BODY = b"line\r\n" * 50 + "한국어".encode()

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


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


async def ask(url: str) -> tuple[wire.Exchange, bytes]:
    exchange = await wire.post(wire.parse_address(url), {"X-A": "b"}, b'{"a": 1}', 5)
    found: list[bytes] = []

    def take(data: bytes) -> None:
        found.append(data)
        exchange.rest(0.02)

    try:
        await exchange.read(take)
    finally:
        exchange.close()
    return exchange, b"".join(found)


WELL_SAID = {
    "counted": head(f"Content-Length: {len(BODY)}") + BODY,
    "chunks": head("Transfer-Encoding: chunked") + chunked(BODY, 7),
    "one chunk": head("transfer-encoding: Chunked") + chunked(BODY, 10_000),
    "chunks with extensions and trailers": head("Transfer-Encoding: chunked")
    + b"6;a=b\r\n" + BODY[:6] + b"\r\n" + chunked(BODY[6:], 100)[:-2] + b"X-Trailer: 1\r\n\r\n",
    "to the end": head() + BODY,
    "compressed": head("Transfer-Encoding: chunked", "Content-Encoding: gzip") + chunked(gzip.compress(BODY), 20),
    "an interim response first": head(status="103 Early Hints") + head("Content-Length: 200") + BODY[:200],
}  # fmt: skip


@pytest.mark.parametrize("size", [1, 3, 50, 100_000])
@pytest.mark.parametrize("name", WELL_SAID)
async def test_a_body_is_read_to_its_end_however_it_comes(name: str, size: int) -> None:
    async with serving(saying(WELL_SAID[name], size)) as url:
        exchange, body = await ask(url)
    assert (exchange.status, body) == (200, BODY[: len(body)])
    assert len(body) == (200 if "interim" in name else len(BODY))


async def test_a_server_that_keeps_the_connection_open_is_not_waited_for() -> None:
    async with serving(saying(WELL_SAID["chunks"], 30, stay=True)) as url:
        assert (await ask(url))[1] == BODY


@pytest.mark.parametrize("size", [1, 100_000])
@pytest.mark.parametrize(
    ("response", "error"),
    [
        (b"", wire.Unreachable),
        (b"HTTP/1.1 200 O", wire.Unreachable),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", wire.BadResponse),
        (b"HTTP/1.1 OK\r\n\r\n", wire.BadResponse),
        (b"HTTP/1.1 200 OK\r\nno header\r\n\r\n", wire.BadResponse),
        (head("Content-Length: -1"), wire.BadResponse),
        (head("Transfer-Encoding: rot13"), wire.BadResponse),
        (head("Content-Encoding: br", "Content-Length: 3") + b"abc", wire.BadResponse),
        (head("Content-Encoding: gzip", "Content-Length: 20") + b"abcdefghijklmnopqrst", wire.BadResponse),
        (head("Transfer-Encoding: chunked") + b"nonsense\r\n", wire.BadResponse),
        (head("Transfer-Encoding: chunked") + b"5" * 2000, wire.BadResponse),
        (head("X: " + "x" * 100_000), wire.BadResponse),
        (head("Transfer-Encoding: chunked") + chunked(BODY, 40)[:-5], wire.Cut),
        (head("Content-Length: 1000") + BODY, wire.Cut),
    ],
)
async def test_what_is_no_whole_response_is_said_to_be_none(response: bytes, error: type[Exception], size: int) -> None:
    async with serving(saying(response, size)) as url:
        with pytest.raises(error):
            await ask(url)


async def test_a_host_without_a_server_is_unreachable() -> None:
    async with serving(saying(b"", 1)) as url:
        pass
    with pytest.raises(wire.Unreachable):
        await ask(url)


async def test_a_server_that_does_not_take_the_connection_up_is_unreachable() -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with serving(silent) as url:
        with pytest.raises(wire.Unreachable):
            await wire.post(wire.parse_address(url.replace("http:", "https:")), {}, b"", 0.1)


@pytest.mark.parametrize("url", ["", "x", "ftp://x/", "http://", "http://a b/", "http://a/\r\nX: y", "http://a:x/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(wire.BadAddress):
        wire.parse_address(url)


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("http://a", "a", "/"),
        ("https://a:443/b?c=d#e", "a", "/b?c=d"),
        ("http://a:8080/b", "a:8080", "/b"),
        ("http://[::1]:80/", "[::1]", "/"),
        ("https://예시.한국/v1", "xn--vv4b11d.xn--3e0b707e", "/v1"),
    ],
)
def test_an_address_names_host_and_target(url: str, host: str, target: str) -> None:
    address = wire.parse_address(url)
    assert (address.host_header, address.target) == (host, target)


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


def secured(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def test_a_certificate_that_nobody_vouches_for_is_told_and_not_asked_again(certificate: Path) -> None:
    async with serving(saying(WELL_SAID["counted"], 100), secured(certificate)) as url:
        with pytest.raises(wire.NotTrusted):
            await ask(url)
        with pytest.raises(ModelError) as caught:
            await OpenAICompatible("openai:test", url).complete(Request((Message("user", "x"),), 10))
    assert (caught.value.code, caught.value.retryable) == ("model_unreachable", False)


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    wire.forget_trust()
    yield certificate
    monkeypatch.undo()
    wire.forget_trust()


async def test_calls_over_tls_take_up_the_session_of_the_one_before(trusted: Path) -> None:
    taken_up: list[bool] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken_up.append(writer.get_extra_info("ssl_object").session_reused)
        await saying(WELL_SAID["chunks"], 100)(reader, writer)

    async with serving(serve, secured(trusted)) as url:
        for _ in range(3):
            assert (await ask(url))[1] == BODY
    assert taken_up == [False, True, True]
