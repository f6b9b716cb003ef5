"""What every model client keeps to, whoever is behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

import pytest

from bench.model_server import ModelServer
from designchord.errors import ModelError
from designchord.llm.base import Answer, Message, ModelClient, Request
from designchord.llm.openai import OpenAICompatible
from designchord.llm.scripted import Line, Scripted
from designchord.llm.secret import Secret

REQUEST = Request((Message("system", "You design."), Message("user", "사랑 \ud83d write it")), 500, deadline=10.0)
TEXT = 'erDiagram\n  Loan {\n    uuid id PK "대출 번호"\n  }\n' * 20


@dataclass
class Bench:
    """A client, and a way to say how its provider behaves: a text is answered, a float waited for, an error raised."""

    client: ModelClient
    behave: Callable[[Line], None]


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture(params=["openai", "scripted"])
async def bench(request: pytest.FixtureRequest, server: ModelServer) -> AsyncIterator[Bench]:
    client: ModelClient
    if request.param == "openai":

        def behave(line: Line) -> None:
            if isinstance(line, ModelError):
                server.script([{"fault": "500"}])
            elif isinstance(line, float):
                server.script([{"fault": "hang"}])
            else:
                server.script([{"fault": "answer", "answer": line}])

        client = OpenAICompatible("openai:test", server.base_url, Secret("sk-test"))
    else:
        lines: list[Line] = []

        def behave(line: Line) -> None:
            lines[:] = [line]

        client = Scripted(lambda _: lines[0], "openai:test")
    yield Bench(client, behave)
    await client.aclose()


async def test_the_answer_is_the_text_under_the_full_name(bench: Bench) -> None:
    bench.behave(TEXT)
    answer = await bench.client.complete(REQUEST)
    assert isinstance(answer, Answer)
    assert (answer.text, answer.model, bench.client.name) == (TEXT, "openai:test", "openai:test")
    assert answer.usage.input > 0
    assert answer.usage.output > 0


async def test_the_pieces_are_the_text(bench: Bench) -> None:
    bench.behave(TEXT)
    pieces: list[str] = []
    answer = await bench.client.complete(REQUEST, pieces.append)
    assert "".join(pieces) == answer.text


async def test_many_calls_run_side_by_side(bench: Bench) -> None:
    bench.behave("x" * 200)
    answers = await asyncio.gather(*(bench.client.complete(REQUEST) for _ in range(200)))
    assert {answer.text for answer in answers} == {"x" * 200}


async def test_failures_are_model_errors(bench: Bench) -> None:
    bench.behave(ModelError("down", code="model_overloaded", retryable=True))
    with pytest.raises(ModelError) as caught:
        await bench.client.complete(REQUEST)
    assert (caught.value.code, caught.value.retryable) == ("model_overloaded", True)


async def test_a_cancelled_call_ends_and_the_client_lives_on(bench: Bench) -> None:
    bench.behave(30.0)
    call = asyncio.create_task(bench.client.complete(REQUEST))
    await asyncio.sleep(0.05)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    bench.behave("again")
    assert (await bench.client.complete(REQUEST)).text == "again"


async def test_closing_twice_is_closing_once(bench: Bench) -> None:
    bench.behave("x")
    await bench.client.complete(REQUEST)
    await bench.client.aclose()
    await bench.client.aclose()
    assert (await bench.client.complete(REQUEST)).text == "x"
