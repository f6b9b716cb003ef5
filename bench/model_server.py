"""A model server that speaks OpenAI's protocol, for tests, demos and benchmarks.

    python bench/model_server.py --port 8099 --latency 2.07
    OPENAI_BASE_URL=http://127.0.0.1:8099/v1 designchord generate idea.md --model openai:any --out out

Answers come from the offline drafter. Faults come from a scenario: a list of rules, the first that matches a call
decides. A rule is ``{"fault": name}`` with any of ``kind``, ``model``, ``turn``, ``text`` (found in the messages) to
match; ``skip`` (pass over the first matches), ``times`` (apply at most so often), ``every``, ``probability``; further
keys are the fault's own arguments. README.md lists the faults.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import sys
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import orjson
from aiohttp import web

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import contextlib

from bench import model_answers
from bench.model_exchange import Exchange, Pace, Received, Rule, json_response

_MATCHES = ("kind", "model", "turn", "text")


class Scenario:
    """Decides which call meets which fault. Same rules, same seed, same order of calls: same faults."""

    def __init__(self, rules: Sequence[Rule] = (), seed: int = 1) -> None:
        self.luck = random.Random(seed)
        self._rules = [(dict(rule), itertools.count(), [0]) for rule in rules]

    def fault_for(self, asked: model_answers.Asked, model: str, body: dict[str, Any]) -> Rule | None:
        seen = {"kind": asked.kind, "model": model, "turn": asked.turn}
        for rule, count, applied in self._rules:
            if any(rule[name] != seen[name] for name in _MATCHES[:3] if name in rule):
                continue
            if "text" in rule and rule["text"] not in orjson.dumps(body).decode():
                continue
            number = next(count) - rule.get("skip", 0)
            if number < 0 or number % rule.get("every", 1) or applied[0] >= rule.get("times", 1 << 60):
                continue
            if self.luck.random() >= rule.get("probability", 1.0):
                continue
            applied[0] += 1
            return rule
        return None


class ModelServer:
    """The server; as a context manager it runs in a thread of its own on a free port of 127.0.0.1."""

    def __init__(
        self,
        scenario: Sequence[Rule] = (),
        *,
        pace: Pace | None = None,
        seed: int = 1,
        keep: int = 100_000,
        port: int = 0,
    ) -> None:
        self._port = port
        self.scenario = Scenario(scenario, seed)
        self.pace = pace or Pace()
        self.calls: deque[Received] = deque(maxlen=keep)
        self.count = 0
        self.most_at_once = 0
        self.trapped = 0  # requests that followed a redirect
        self.base_url = ""
        self.keep_bodies = True
        self.shutdown_date: str | None = None
        self._running = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runner: web.AppRunner | None = None
        self._thread: threading.Thread | None = None

    def script(self, rules: Sequence[Rule], seed: int = 1) -> None:
        """Replace the scenario; counting starts anew, ``calls`` stay."""
        self.scenario = Scenario(rules, seed)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_post("/v1/trap", self._trap)
        app.router.add_get("/_calls", self._show_calls)
        app.router.add_post("/_scenario", self._set_scenario)
        app.router.add_post("/_pace", self._set_pace)
        return app

    async def start(self, port: int = 0) -> None:
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port, backlog=4096)
        await site.start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), name="model-server", daemon=True)
        self._thread.start()
        if not ready.wait(10):
            raise RuntimeError("the model server did not start")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _serve(self, ready: threading.Event) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self.start(self._port))
        ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self.stop())
        self._loop.close()

    async def _models(self, _: web.Request) -> web.Response:
        names = ("designchord-test", "designchord-test-2")
        listed = [{"id": name, "object": "model", "shutdown_date": self.shutdown_date} for name in names]
        return json_response({"object": "list", "data": listed})

    async def _trap(self, _: web.Request) -> web.Response:
        self.trapped += 1
        return json_response({"choices": [{"message": {"content": "trapped"}, "finish_reason": "stop"}]})

    async def _show_calls(self, _: web.Request) -> web.Response:
        calls = [call.to_dict() for call in self.calls]
        return json_response(
            {"count": self.count, "most_at_once": self.most_at_once, "trapped": self.trapped, "calls": calls}
        )

    async def _set_scenario(self, request: web.Request) -> web.Response:
        data = orjson.loads(await request.read())
        rules, seed = (data, 1) if isinstance(data, list) else (data.get("rules", []), data.get("seed", 1))
        self.script(rules, seed)
        return json_response({"rules": len(rules)})

    async def _set_pace(self, request: web.Request) -> web.Response:
        self.pace = Pace(**orjson.loads(await request.read()))
        return json_response({})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = orjson.loads(await request.read())
        asked = model_answers.understand(body["messages"])
        rule = self.scenario.fault_for(asked, body["model"], body)
        self.count += 1
        call = Received(
            self.count, asked.kind, body["model"], asked.turn, bool(body.get("stream")),
            request.headers.get("Authorization", "").removeprefix("Bearer ") or request.headers.get("api-key", ""),
            rule["fault"] if rule else None, title=asked.title, body=body if self.keep_bodies else {},
        )  # fmt: skip
        self.calls.append(call)
        self._running += 1
        self.most_at_once = max(self.most_at_once, self._running)
        try:
            response = await Exchange(request, call, asked, rule or {}, self.pace, self.scenario.luck).play()
            call.outcome = call.fault or "answered"
            return response
        except ConnectionError:
            call.outcome = "cut"
            return web.Response()
        except asyncio.CancelledError:
            call.outcome = "cut"
            raise
        finally:
            self._running -= 1


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A model server for tests, demos and benchmarks.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that a whole answer takes")
    parser.add_argument("--ttft", type=float, help="seconds until the first piece")
    parser.add_argument("--tps", type=float, help="tokens a second after it, in place of --latency")
    parser.add_argument("--piece", type=int, default=16, help="characters in a piece")
    parser.add_argument("--every", type=float, default=0.0, help="seconds within which pieces are sent together")
    parser.add_argument("--scenario", type=Path, help="a JSON file with rules, or {rules, seed}")
    return parser.parse_args(argv)


async def _main(arguments: argparse.Namespace) -> None:
    data = orjson.loads(arguments.scenario.read_bytes()) if arguments.scenario else []
    rules, seed = (data, 1) if isinstance(data, list) else (data["rules"], data.get("seed", 1))
    pace = Pace(arguments.latency, arguments.ttft, arguments.tps, arguments.piece, arguments.every)
    server = ModelServer(rules, pace=pace, seed=seed, keep=10_000)
    await server.start(arguments.port)
    print(server.base_url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main(_arguments(None)))
