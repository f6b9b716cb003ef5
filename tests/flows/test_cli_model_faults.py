"""What a person at the command line gets when a model fails: the right end, exactly the calls in the ledger, no secret.

The fault meets the calls for the ERD, unless a story says otherwise; the other parts must come through unharmed.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.model_faults import CANARY
from bench.model_server import ModelServer
from tests.commands import designchord

KEY = "sk-key-canary-41d0"
IDEA = """# Tool library

Members borrow tools. A clerk registers tools.

## Requirements

- A member can borrow a tool.
- A clerk can register a tool.
"""
SHORT = {"DESIGNCHORD_CALL_DEADLINE": "5", "DESIGNCHORD_IDLE_DEADLINE": "2"}


@dataclass
class Told:
    """How ``designchord generate`` ended, and what it left behind."""

    exit: int
    summary: dict[str, Any]
    calls: list[tuple[str, str, str]]  # kind, model, error code
    revisions: dict[str, tuple[str, dict[str, Any]]]  # kind → origin and provenance of its first part

    @property
    def ending(self) -> tuple[int, str, str | None]:
        """Exit code, the design's state, and the code of its error."""
        return self.exit, self.summary["state"], (self.summary["error"] or {}).get("code")

    def of_erd(self) -> list[str]:
        return [code or "answered" for kind, _, code in self.calls if kind == "erd"]


@pytest.fixture
def generate(tmp_path: Path) -> Callable[..., Told]:
    def run(*servers: ModelServer, **environ: str) -> Told:
        idea, home = tmp_path / "idea.md", tmp_path / "home"
        idea.write_text(IDEA, encoding="utf-8")
        models = {"DESIGNCHORD_MODEL": "openai:test", "OPENAI_BASE_URL": servers[0].base_url, "OPENAI_API_KEY": KEY}
        models["DESIGNCHORD_EFFORT"] = "thorough"
        if len(servers) > 1:
            models |= {"DESIGNCHORD_FALLBACK_MODELS": "vllm:second", "VLLM_BASE_URL": servers[1].base_url}
        environ = {"PATH": os.environ["PATH"], "DESIGNCHORD_LOG_LEVEL": "DEBUG", **models, **environ}
        options = ("--json", "--out", tmp_path / "out")
        done = designchord("generate", idea, *options, env={"DESIGNCHORD_HOME": str(home), **environ}, timeout=60)
        left = "".join(path.read_bytes().decode("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file())
        assert not any(canary in left + done.stdout + done.stderr for canary in (KEY, CANARY))
        assert "A member can borrow a tool" not in done.stderr
        told = Told(done.returncode, json.loads(done.stdout), *_read(home / "designchord.sqlite3"))
        assert len(told.calls) == told.summary["usage"]["calls"] == sum(server.count for server in servers)
        assert all(server.trapped == 0 for server in servers)
        return told

    return run


def _read(database: Path) -> tuple[list[tuple[str, str, str]], dict[str, tuple[str, dict[str, Any]]]]:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "select part.kind, call.model, call.error_code, call.state from designs_call call"
            " join designs_step step on step.id = call.step_id"
            " join designs_part part on part.id = step.part_id order by call.id"
        ).fetchall()
        assert {state for *_, state in rows} <= {"answered", "failed"}
        revisions = connection.execute(
            "select part.kind, revision.origin, revision.provenance from designs_revision revision"
            " join designs_part part on part.id = revision.part_id order by part.key desc, revision.number"
        ).fetchall()
    made = {kind: (origin, json.loads(provenance)) for kind, origin, provenance in revisions}
    return [(kind, model, code) for kind, model, code, _ in rows], made


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"fault": "429", "retry_after": 1}, "model_rate_limited"),
        ({"fault": "429", "retry_after_date": 2}, "model_rate_limited"),
        ({"fault": "503"}, "model_overloaded"),
        ({"fault": "reset"}, "model_incomplete"),
        ({"fault": "no_finish"}, "model_incomplete"),
        ({"fault": "length"}, "model_truncated"),
        ({"fault": "html"}, "model_bad_answer"),
        ({"fault": "null_choices"}, "model_bad_answer"),
        ({"fault": "empty_choices"}, "model_bad_answer"),
        ({"fault": "json_debris"}, "model_bad_answer"),
    ],
)
def test_what_passes_costs_one_more_call(generate: Callable[..., Told], rule: dict[str, Any], code: str) -> None:
    rules = [{**rule, "kind": "erd", "times": 1}]
    if rule["fault"] == "length":
        rules.append({"fault": "rest", "kind": "erd"})
    with ModelServer(rules) as server:
        told = generate(server)
    assert told.ending == (0, "done", None)
    assert told.of_erd() == [code, "answered"]
    assert {origin for origin, _ in told.revisions.values()} == {"generated"}
    assert set(Counter(kind for kind, _, _ in told.calls if kind in ("blueprint", "document", "api")).values()) == {1}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("401", "model_auth"),
        ("402", "model_quota"),
        ("insufficient_quota", "model_quota"),
        ("404", "model_not_found"),
        ("context_length", "model_context_length"),
        ("refusal", "model_refused"),
        ("content_filter", "model_content_filter"),
        ("redirect", "model_bad_answer"),
        ("flood", "model_too_large"),
    ],
)
def test_what_is_final_costs_one_call_and_leaves_what_was_compiled(
    generate: Callable[..., Told], fault: str, code: str
) -> None:
    with ModelServer([{"fault": fault, "kind": "erd"}]) as server:
        told = generate(server)
    assert told.ending == (3, "partial", code)
    assert told.of_erd() == [code]
    assert told.revisions.pop("erd")[0] == "compiled"
    assert {origin for origin, _ in told.revisions.values()} == {"generated"}


@pytest.mark.parametrize("fault", ["hang", "hang_midway", "drip", "keep_alive"])
def test_what_never_ends_is_cut_by_the_deadline_and_holds_up_nobody(generate: Callable[..., Told], fault: str) -> None:
    with ModelServer([{"fault": fault, "kind": "erd", "pause": 0.2}]) as server:
        told = generate(server, **SHORT, DESIGNCHORD_DESIGN_DEADLINE="20")
    assert told.ending == (3, "partial", "model_timeout")
    assert set(told.of_erd()) == {"model_timeout"}
    assert len(told.of_erd()) <= 2
    assert {origin for kind, (origin, _) in told.revisions.items() if kind != "erd"} == {"generated"}


def test_the_second_provider_finishes_the_design(generate: Callable[..., Told]) -> None:
    with ModelServer([{"fault": "401", "skip": 1}]) as first, ModelServer() as second:
        told = generate(first, second)
    assert told.ending == (0, "done", None)
    models = {kind: provenance["model"] for kind, (_, provenance) in told.revisions.items()}
    assert models.pop("blueprint") == "openai:test"
    assert set(models.values()) == {"vllm:second"}


def test_an_outage_from_the_start_ends_in_drafts_and_a_plain_sentence(generate: Callable[..., Told]) -> None:
    with ModelServer([{"fault": "401"}]) as server:
        told = generate(server)
    assert told.ending == (1, "failed", "model_auth")
    assert told.summary["error"]["message"].endswith(".")


def test_a_short_outage_is_waited_out(generate: Callable[..., Told]) -> None:
    with ModelServer([{"fault": "503", "times": 2}]) as server:
        told = generate(server)
    assert told.ending == (0, "done", None)
    assert [code for kind, _, code in told.calls if kind == "blueprint"] == ["model_overloaded", "model_overloaded", ""]
