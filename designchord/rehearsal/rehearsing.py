"""A rehearsal: the tables are created, the API is served, every story is played, and what broke is said.

It proves that the parts of a design fit together, not that the design is what its author wants.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from designchord import __version__
from designchord.blueprint.model import Blueprint
from designchord.errors import outcome_of
from designchord.kinds.about import BLUEPRINT
from designchord.kinds.registry import KINDS
from designchord.notation import arazzo
from designchord.notation.problems import Problem
from designchord.rehearsal.acting import secrets_of, status_of
from designchord.rehearsal.budget import NO_TIME, Spent, never
from designchord.rehearsal.described import properties_of
from designchord.rehearsal.messages import PREFIX, say
from designchord.rehearsal.mock import Mock
from designchord.rehearsal.runner import Runner, Transport, WorkflowResult
from designchord.rehearsal.stage import API_FILE, Sources, Stage, stage_of
from designchord.rehearsal.stories import Telling, Told

#: A design over these limits is rehearsed as far as they go.
MOST_WORKFLOWS: Final = 60


@dataclass(frozen=True, slots=True)
class StoryResult:
    """A story and how its workflows went. ``gaps`` say what kept it from being played as a whole."""

    id: str
    title: str
    requirements: tuple[str, ...]
    workflows: tuple[WorkflowResult, ...]
    gaps: tuple[str, ...] = ()
    #: The kind of artifact that shows it; its part is the story's id.
    kind: str = ""
    #: The messages of the scenario at which the gaps are.
    gaps_at: tuple[str, ...] = ()

    @property
    def unfinished(self) -> bool:
        """Whether it was given up because there had been enough of the rehearsal."""
        return NO_TIME in self.gaps or any(step.fault == NO_TIME for one in self.workflows for step in one.steps)

    @property
    def ran(self) -> bool:
        return bool(self.workflows) and not self.gaps and all(one.ran for one in self.workflows)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    stories: tuple[StoryResult, ...] = ()
    problems: tuple[Problem, ...] = ()
    tables: int = 0

    @property
    def ran(self) -> int:
        return sum(story.ran for story in self.stories)

    def to_dict(self, *, bodies: bool = False) -> dict[str, Any]:
        """JSON-ready. Without ``bodies`` only the step that broke shows what was sent and answered."""
        stories = [
            {
                "id": story.id,
                "kind": story.kind,
                "title": story.title,
                "ran": story.ran,
                "requirements": list(story.requirements),
                "gaps": list(story.gaps),
                "gaps_at": list(story.gaps_at),
                "workflows": [_shown(one.to_dict(), bodies=bodies) for one in story.workflows],
            }
            for story in self.stories
        ]
        return {"ran": self.ran, "total": len(stories), "tables": self.tables, "stories": stories}


def _shown(workflow: dict[str, Any], *, bodies: bool) -> dict[str, Any]:
    if bodies:
        return workflow
    for step in workflow["steps"]:
        if "fault" not in step:
            step.pop("sent", None)
            step.pop("answered", None)
    return workflow


def story_kind() -> str:
    """The kind whose parts are stories."""
    return next((name for name, one in KINDS.items() if "scenarios" in one.about.provides), BLUEPRINT.name)


def rehearse(
    sources: Sources,
    blueprint: Blueprint,
    language: str = "en",
    *,
    send: Transport | None = None,
    inputs: Mapping[str, str] | None = None,
    only: str | None = None,
    spent: Spent = never,
) -> Rehearsal:
    """Rehearse a design whose parts are ``sources`` by (kind, part).

    ``send`` plays against another server than the mock; what only a mock can be asked for is left out then. ``only``
    is the id of the one story to play. ``spent`` says when there has been enough of it; what is left then is not
    played, and that is said.
    """
    outcome = outcome_of(lambda: _rehearse(sources, blueprint, language, send, inputs, only, spent))
    return Rehearsal(problems=(say("failed", language),)) if isinstance(outcome, Exception) else outcome


def _rehearse(
    sources: Sources,
    blueprint: Blueprint,
    language: str,
    send: Transport | None,
    inputs: Mapping[str, str] | None,
    only: str | None,
    spent: Spent,
) -> Rehearsal:
    stage = stage_of(sources, blueprint, Telling(only=only, spent=spent))
    if stage is None:
        return Rehearsal(problems=(say("not_played", language),))
    if send is not None:
        return _played(stage, None, language, send, inputs, spent)
    try:
        mock = Mock(stage, language=language)
    except sqlite3.Error as error:
        return Rehearsal(problems=(say("tables", language, detail=str(error)[:200]),))
    with closing(mock):
        return _played(stage, mock, language, mock.handle, inputs, spent)


def _played(
    stage: Stage,
    mock: Mock | None,
    language: str,
    transport: Transport,
    inputs: Mapping[str, str] | None,
    spent: Spent,
) -> Rehearsal:
    stories = []
    problems: list[Problem] = []
    played = 0
    for told in stage.told:
        results = []
        workflows = arazzo.document(told.story, API_FILE)["workflows"] if told.story.workflows else []
        if mock is not None:  # every story begins with the same rows
            mock.begin_again()
        for workflow in workflows:
            if played >= MOST_WORKFLOWS or (mock is None and workflow.get(arazzo.ASKED)):
                continue
            played += 1
            runner = Runner(stage.description, transport, inputs, spent)
            results.append(runner.run(workflow))
        problems += _problems(told, results, language)
        gaps = tuple(gap.code for gap in told.gaps)
        about = (told.story.id, told.story.title, told.story.requirements)
        gaps_at = tuple(gap.step for gap in told.gaps if gap.step)
        stories.append(StoryResult(*about, tuple(results), gaps, story_kind(), gaps_at))
    problems += _about_all(stage, language)
    if left := sum(story.unfinished for story in stories):
        problems.append(say(NO_TIME, language, left=str(left)))
    return Rehearsal(tuple(stories), tuple(dict.fromkeys(problems)), len(stage.schema.tables))


def _problems(told: Told, results: list[WorkflowResult], language: str) -> list[Problem]:
    kind, part, title = story_kind(), told.story.id, told.story.title
    gaps = [gap for gap in told.gaps if gap.code != NO_TIME]
    found = [say(gap.code, language, kind, part, **(dict(gap.values) | {"story": title})) for gap in gaps]
    for result in results:
        step = result.steps[-1] if result.steps else None
        if step is None or step.fault in ("", NO_TIME):
            continue
        code = "no_field" if step.fault == "no_output" else step.fault
        values = {"operation": step.operation, "detail": step.detail or "–", "story": title}
        values |= {"status": str(step.status), "expected": str(step.expected)}
        found.append(say(code, language, kind, part, **values))
    return found


def _about_all(stage: Stage, language: str) -> list[Problem]:
    """What is wanting in the design as a whole."""
    lent = dict.fromkeys(name for told in stage.told for name in told.lent)
    found = [say("lent", language, what=name) for name in lent]
    if stage.undrawn:
        found.append(say("not_drawn", language, stage.undrawn))
    api = next((name for name, one in KINDS.items() if one.about.notation == "openapi"), BLUEPRINT.name)
    asks = any(endpoint.secured for endpoint in stage.description.endpoints)
    for deed in stage.acting.deeds.values():
        if deed.act != "login" or not asks or not secrets_of(deed.endpoint):
            continue
        names = properties_of(stage.description.by_id[deed.endpoint.id].responses.get(str(deed.endpoint.success)) or {})
        if not any("token" in name.lower() or "jwt" in name.lower() for name in names):
            found.append(say("no_token", language, api, operation=deed.endpoint.id))
    return found + _unreached(stage, language)


def _unreached(stage: Stage, language: str) -> list[Problem]:
    """Statuses that no operation sets, where some operation does set one."""
    found = []
    for table in stage.schema.tables:
        column = status_of(table)
        deeds = [deed for deed in stage.acting.deeds.values() if deed.table is table]
        moves = {deed.moves[1] for deed in deeds if deed.moves}
        if column is None or not moves:
            continue
        if any(column.name in properties_of(deed.endpoint.body or {}) for deed in deeds):
            continue
        rest = [value for value in column.values if value not in moves and value != column.values[0]]
        if rest:
            found.append(say("status_unreached", language, what=table.entity or table.name, values=", ".join(rest)))
    return found


def rehearsed(
    report: dict[str, Any],
    sources: Sources,
    blueprint: Blueprint | None,
    language: str,
    *,
    before: Mapping[str, Any] | None = None,
    spent: Spent = never,
) -> dict[str, Any]:
    """A report (as JSON) with what a rehearsal found: problems, stories, which requirements were shown to run.

    Where the report ``before`` has a rehearsal of the same things, that one counts: while one part after the other is
    made, most of them change nothing of what is played.
    """
    if blueprint is None:
        return report
    played = _digest(sources, blueprint, language)
    told = (before or {}).get("rehearsal") or {}
    if told.get("of") == played and before is not None:
        found = [one for one in before["problems"] if one["code"].startswith(f"{PREFIX}.")]
    else:
        rehearsal = rehearse(sources, blueprint, language, spent=spent)
        found = [problem.to_dict() for problem in rehearsal.problems]
        broken_off = any(one["code"] in (f"{PREFIX}.failed", f"{PREFIX}.{NO_TIME}") for one in found)
        told = rehearsal.to_dict() | {"of": "" if broken_off else played}
    order = {"error": 0, "warning": 1, "info": 2}
    problems = [*report["problems"], *found]
    problems.sort(key=lambda one: order[one["severity"]])
    counts = {name: sum(one["severity"] == name for one in problems) for name in order}
    shown: dict[str, list[str]] = {}
    for story in told["stories"]:
        for requirement in story["requirements"] if story["ran"] else ():
            shown.setdefault(requirement, []).append(story["id"])
    rows = [row | {"runs": shown.get(row["id"], [])} for row in report["matrix"]["rows"]]
    matrix = report["matrix"] | {"rows": rows}
    return report | {"problems": problems, "counts": counts, "matrix": matrix, "rehearsal": told}


def _digest(sources: Sources, blueprint: Blueprint, language: str) -> str:
    """Of all that a rehearsal depends on, our own version included."""
    digest = blake2b(digest_size=12)
    for text in (__version__, language, blueprint.model_dump_json()):
        digest.update(text.encode() + b"\0")
    for (kind, part), source in sorted(sources.items()):
        about = KINDS[kind].about if kind in KINDS else None
        if about is not None and (about.notation == "openapi" or "relations" in about.provides):
            digest.update(f"{kind}\0{part}\0{source}\0".encode())
    return digest.hexdigest()


def yaml_of(document: Mapping[str, Any]) -> str:
    """An Arazzo document as a file."""
    from designchord.notation.openapi.writing import to_yaml

    return to_yaml(json.loads(json.dumps(document)))
