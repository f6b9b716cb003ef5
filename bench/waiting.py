"""What a person waits for: the published order of calls, and ours with each effort, for a short, a middle, a long idea.

    python -m bench.waiting --out .make/bench/waiting.json

All of them run beside each other against one model server at one pace, each watched by somebody, and begin one after
the other, because what a person waits for is no rush: seconds to the first
drawn thing, to the whole usable design, to the end; tokens on the critical path and in all, dollars at the table's
prices. The published order is a document, then sequence diagrams, ERD and raw OpenAPI at the same time, by bare calls
that check nothing. Texts are those of the offline drafter in all of them: blueprints in the compact form that models
are asked for, OpenAPI as dense JSON. The model server counts four characters as a token, in every language.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import tempfile
import time
from collections.abc import Awaitable, Iterator
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from bench.comparison import settings_of
from bench.model_exchange import Pace
from bench.model_server import ModelServer
from bench.processes import Model, Talker, cpu_seconds, machine
from bench.report import Aim
from designchord import drafter
from designchord.blueprint.compact_writing import write_compact
from designchord.blueprint.idea import detect_language, read_idea
from designchord.blueprint.model import Blueprint, Brief
from designchord.kinds.about import EFFORTS
from designchord.kinds.registry import KINDS
from designchord.llm.base import TokenUsage
from designchord.llm.prices import PriceTable
from tests.servers import ROOT

#: The model whose list price is taken.
MODEL = "openai:gpt-6-luna"
PUBLISHED = "published"
WAYS = (PUBLISHED, "thorough", "standard", "quick")
TTFT = 0.5
#: Seconds between the beginnings of two that are measured.
APART = 0.6

SHORT = Brief(
    "Library of things",
    "Neighbours lend tools to each other. A member borrows an item, returns it, and reports damage.",
    "- A member can reserve an item for a period.\n- An item must be returned within 14 days.\n",
    "en",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """Seconds from the start; tokens as the model server counts them. ``drawn_share`` is the first drawn thing's share
    of the blueprint's time, ``after_blueprint`` the seconds between its last token and everything being there."""

    idea: str
    way: str
    tokens_per_second: float
    first_drawn: float
    usable: float
    end: float
    critical_tokens: int
    tokens: int
    usd: float | None
    calls: int
    drawn_share: float | None = None
    after_blueprint: float | None = None


def ideas() -> dict[str, Brief]:
    read = {}
    for file in resources.files("designchord.api").joinpath("examples").iterdir():
        text = file.read_text(encoding="utf-8")
        read[file.name] = Brief(*read_idea(text), detect_language(text))
    korean, english, other = (
        read[name] for name in ("ko-1-tool-library.md", "en-1-makerspace.md", "en-2-food-rescue.md")
    )
    long = Brief(
        f"{english.title} and {other.title}",
        f"{english.content}\n\n{other.content}",
        f"{english.requirements}\n{other.requirements}",
        "en",
    )
    return {"short": SHORT, "middle": korean, "long": long}


def measure(paces: tuple[float, ...] = (80.0, 300.0), *, designs: int = 10) -> dict[str, Any]:
    """Everything at each pace, in tokens a second; and the CPU of one of so many designs with each effort."""
    found: list[Waited] = []
    with tempfile.TemporaryDirectory(prefix="designchord-waiting-") as name:
        for pace in paces:
            found += _at(pace, Path(name))
        cpu = _cpu(Path(name), designs)
    return {"machine": machine(), "model": MODEL, "rows": [asdict(one) for one in found], "cpu_ms": cpu}


def _drafts() -> dict[str, Blueprint]:
    """What a good model writes: a draft with a summary of one sentence, in which everything that is demanded is named
    by something."""
    return {name: _naming_all(_in_one_sentence(drafter.draft(brief))) for name, brief in ideas().items()}


def _in_one_sentence(draft: Blueprint) -> Blueprint:
    return draft.model_copy(update={"summary": re.split(r"(?<=[.!?])\s", draft.summary, maxsplit=1)[0]})


def _naming_all(draft: Blueprint) -> Blueprint:
    named = {one for thing in (*draft.operations, *draft.scenarios) for one in thing.requirements}
    unnamed = [one.id for one in draft.requirements if one.kind == "functional" and one.id not in named]
    first = draft.scenarios[0]
    more = first.model_copy(update={"requirements": (*first.requirements, *unnamed)})
    return draft.model_copy(update={"scenarios": (more, *draft.scenarios[1:])})


def _rules(drafts: dict[str, Blueprint]) -> list[dict[str, Any]]:
    """Blueprints in the compact form; what is asked for in the published order is told by its mark."""
    compact = [
        {"kind": "blueprint", "text": f"Title: {brief.title}\\n", "fault": "answer",
         "answer": write_compact(drafts[name], terse=True)}
        for name, brief in ideas().items()
    ]  # fmt: skip
    return compact + [
        {"text": _mark(name, what), "fault": "answer", "answer": text}
        for name in drafts
        for what, text in _published(drafts[name]).items()
    ]


def _mark(idea: str, what: str) -> str:
    return f"[published {what} of {idea}]"


def _published(blueprint: Blueprint) -> dict[str, str]:
    """What a model writes in the published order, by what it is."""
    made = {
        name: "\n".join(kind.skeleton(blueprint, part) for part in kind.parts(blueprint))
        for name, kind in KINDS.items()
    }
    return {**made, "api": orjson.dumps(orjson.loads(made["api"])).decode()}


def _at(tokens_per_second: float, folder: Path) -> list[Waited]:
    pace = Pace(ttft=TTFT, tps=tokens_per_second, every=0.05)
    drafts = _drafts()
    home = folder / f"at-{tokens_per_second:g}"
    home.mkdir()
    with ModelServer(_rules(drafts), pace=pace) as server:
        settings = settings_of(home, Model(server.base_url, os.getpid())) | {"DESIGNCHORD_MODEL": MODEL}
        with Talker("bench.host", env=settings, log=home / "host.log") as host:
            return asyncio.run(_all(host.hear()["url"], server, drafts, tokens_per_second))


async def _all(url: str, server: ModelServer, drafts: dict[str, Blueprint], rate: float) -> list[Waited]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session:
        await _watch(session, url, ideas()["short"], "quick", warm=True)
        ours = [_ours(session, url, server, name, effort, rate) for name in drafts for effort in EFFORTS]
        theirs = [_theirs(session, server, name, draft, rate) for name, draft in drafts.items()]
        return list(await asyncio.gather(*(_after(number * APART, one) for number, one in enumerate(ours + theirs))))


async def _after(seconds: float, waited: Awaitable[Waited]) -> Waited:
    await asyncio.sleep(seconds)
    return await waited


async def _ours(
    session: aiohttp.ClientSession, url: str, server: ModelServer, name: str, effort: str, rate: float
) -> Waited:
    seen = await _watch(session, url, ideas()[name], effort)
    usage, artifacts = seen["snapshot"]["usage"], seen["snapshot"]["artifacts"]
    written = [(a["kind"], a["revision"]["provenance"].get("output_tokens") or 0) for a in artifacts]
    blueprint = sum(tokens for kind, tokens in written if kind == "blueprint")
    last_token = TTFT + blueprint / rate
    return Waited(
        idea=name,
        way=effort,
        tokens_per_second=rate,
        first_drawn=seen["drawn"],
        usable=seen["usable"],
        end=seen["end"],
        critical_tokens=blueprint + max((tokens for kind, tokens in written if kind != "blueprint"), default=0),
        tokens=usage["input_tokens"] + usage["output_tokens"],
        usd=usage["cost_usd"],
        calls=usage["calls"],
        drawn_share=seen["drawn"] / last_token,
        after_blueprint=seen["usable"] - seen["last_text"],
    )


async def _watch(
    session: aiohttp.ClientSession, url: str, brief: Brief, effort: str, *, warm: bool = False
) -> dict[str, Any]:
    """A design from its start, by one who watches it: when the first thing was drawn, all was usable, all had ended."""
    seen: dict[str, Any] = {"drawn": 0.0, "usable": 0.0, "last_text": 0.0}
    body = {"title": brief.title, "content": brief.content, "requirements": brief.requirements, "effort": effort}
    began = time.monotonic()
    async with session.post(f"{url}/api/v1/designs", json={**body, "language": brief.language}) as response:
        design = (await response.json())["id"]
    async with session.get(f"{url}/api/v1/designs/{design}/events", read_bufsize=1 << 22) as response:
        kind = ""
        async for raw in response.content:
            line = raw.rstrip(b"\r\n")
            if line.startswith(b"event: "):
                kind = line[7:].decode()
            elif line.startswith(b"data: "):
                now = time.monotonic() - began
                if kind == "delta" and not seen["usable"]:
                    data = json.loads(line[6:])
                    if data["kind"] == "blueprint":
                        seen["last_text"] = now
                    elif data["run"] == 0 and KINDS.get(data["kind"]) and KINDS[data["kind"]].about.drawn:
                        seen["drawn"] = seen["drawn"] or now
                elif kind == "report":
                    seen["usable"] = seen["usable"] or now
                elif kind == "done":
                    seen["end"] = now
                    break
    if not warm:
        async with session.get(f"{url}/api/v1/designs/{design}") as response:
            seen["snapshot"] = await response.json()
    return seen


async def _theirs(
    session: aiohttp.ClientSession, server: ModelServer, name: str, draft: Blueprint, rate: float
) -> Waited:
    """The document, then the three others with it, as bare calls."""
    brief, texts = ideas()[name], _published(draft)
    idea = f"{brief.title}\n{brief.content}\n{brief.requirements}"
    began = time.monotonic()

    async def ask(what: str, prompt: str) -> float:
        messages = [{"role": "user", "content": f"{prompt}\n{_mark(name, what)}"}]
        body = {"model": "any", "stream": True, "messages": messages}
        async with session.post(f"{server.base_url}/chat/completions", json=body) as response:
            await response.read()
        return time.monotonic() - began

    await ask("document", idea)
    others = [what for what in texts if what != "document"]
    ends = dict(zip(others, await asyncio.gather(*(ask(what, texts["document"]) for what in others)), strict=True))
    tokens = {what: len(text) // 4 for what, text in texts.items()}
    asked = len(idea) // 4 + len(others) * tokens["document"]
    usage = TokenUsage(input=asked, output=sum(tokens.values()))
    return Waited(
        idea=name,
        way=PUBLISHED,
        tokens_per_second=rate,
        first_drawn=min(ends[what] for what in others if KINDS[what].about.drawn),
        usable=max(ends.values()),
        end=max(ends.values()),
        critical_tokens=tokens["document"] + max(tokens[what] for what in others),
        tokens=usage.input + usage.output,
        usd=PriceTable().cost_usd(MODEL, usage),
        calls=1 + len(others),
    )


def _cpu(folder: Path, designs: int) -> dict[str, dict[str, float]]:
    """CPU of a design in an embedded process, in ms, answers streamed, with each effort; watched and not."""
    pace = Pace(ttft=0.2, tps=600, every=0.0)
    found: dict[str, dict[str, float]] = {}
    home = folder / "cpu"
    home.mkdir()
    with ModelServer(_rules(_drafts()), pace=pace) as server:
        settings = settings_of(home, Model(server.base_url, os.getpid())) | {"DESIGNCHORD_MODEL": MODEL}
        with Talker("bench.host", env=settings, log=home / "host.log") as host:
            url = host.hear()["url"]
            asyncio.run(_load(url, "thorough", 3, watched=True))
            for effort in EFFORTS:
                for watched in (False, True):
                    before = cpu_seconds(host.pid)
                    asyncio.run(_load(url, effort, designs, watched=watched))
                    spent = (cpu_seconds(host.pid) - before) * 1000 / designs
                    found.setdefault(effort, {})["watched" if watched else "not watched"] = round(spent, 1)
    return found


async def _load(url: str, effort: str, designs: int, *, watched: bool) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session:
        brief = ideas()["middle"]
        if watched:
            await asyncio.gather(*(_watch(session, url, brief, effort, warm=True) for _ in range(designs)))
            return
        body = {"title": brief.title, "content": brief.content, "requirements": brief.requirements, "effort": effort}
        started = []
        for _ in range(designs):
            async with session.post(f"{url}/api/v1/designs", json={**body, "language": brief.language}) as response:
                started.append((await response.json())["id"])
        for design in started:
            while True:
                async with session.get(f"{url}/api/v1/designs?limit=50") as response:
                    states = {one["id"]: one["state"] for one in (await response.json())["items"]}
                if states.get(design) not in {"queued", "running"}:
                    break
                await asyncio.sleep(0.5)


def table(raw: dict[str, Any]) -> Iterator[str]:
    titles = ("idea, tokens a second", "way", "first drawn, s", "usable, s", "end, s", "critical tokens", "all tokens")
    yield f"| {' | '.join((*titles, 'calls', 'US$'))} |"
    yield "|---|---|---|---|---|---|---|---|---|"
    order = {way: place for place, way in enumerate(WAYS)}
    names = list(ideas())
    rows = sorted(raw["rows"], key=lambda r: (r["tokens_per_second"], names.index(r["idea"]), order[r["way"]]))
    for row in rows:
        usd = "–" if row["usd"] is None else f"{row['usd']:.4f}"
        seconds = " | ".join(f"{row[name]:.1f}" for name in ("first_drawn", "usable", "end"))
        yield (
            f"| {row['idea']}, {row['tokens_per_second']:g} | {row['way']} | {seconds} | {row['critical_tokens']:,} "
            f"| {row['tokens']:,} | {row['calls']} | {usd} |"
        )


def aims(raw: dict[str, Any]) -> list[Aim]:
    """The worst of all ideas and paces."""
    rows = {(r["idea"], r["tokens_per_second"], r["way"]): r for r in raw["rows"]}
    cases = {(idea, pace) for idea, pace, _ in rows}

    def worst(what: str, way: str, against: str) -> float:
        return max(rows[*case, way][what] / rows[*case, against][what] for case in cases)

    def most(what: str) -> float:
        return max(row[what] for row in raw["rows"] if row[what] is not None)

    whole = "time to the whole checked design ÷ published order"
    priced = all(row["usd"] is not None for row in raw["rows"])
    cpu = raw["cpu_ms"]
    return [
        Aim(f"quick: {whole}", worst("usable", "quick", PUBLISHED), 0.25),
        Aim(f"standard: {whole}", worst("usable", "standard", PUBLISHED), 0.25),
        Aim("standard: time to its end ÷ published order", worst("end", "standard", PUBLISHED), 0.6),
        Aim("quick: all tokens ÷ thorough", worst("tokens", "quick", "thorough"), 0.1),
        Aim("quick: dollars ÷ thorough", worst("usd", "quick", "thorough") if priced else None, 0.15),
        Aim("blueprint's last token → everything compiled, checked, shown", most("after_blueprint"), 0.3, " s"),
        Aim("first drawn thing ÷ the blueprint's time", most("drawn_share"), 0.25),
        *(
            Aim(f"CPU of a quick design ÷ thorough, streaming, {how}", cpu["quick"][how] / cpu["thorough"][how], 0.35)
            for how in ("not watched", "watched")
        ),
    ]


def against_aims(raw: dict[str, Any]) -> Iterator[str]:
    yield "| figure, the worst of three ideas at two paces | measured | aim | |"
    yield "|---|---|---|---|"
    yield from (aim.row() for aim in aims(raw))


def main() -> None:
    parser = argparse.ArgumentParser(description="What a person waits for.")
    parser.add_argument("--quick", action="store_true", help="at 300 tokens a second alone")
    parser.add_argument("--out", type=Path, default=ROOT / ".make" / "bench" / "waiting.json")
    wanted = parser.parse_args()
    raw = measure((300.0,) if wanted.quick else (80.0, 300.0))
    wanted.out.parent.mkdir(parents=True, exist_ok=True)
    wanted.out.write_text(json.dumps(raw, indent=1) + "\n")
    print("\n".join([*table(raw), "", *against_aims(raw), "", json.dumps(raw["cpu_ms"])]))


if __name__ == "__main__":
    main()
