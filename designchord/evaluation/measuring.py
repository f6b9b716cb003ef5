"""From a finished design to its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint
from designchord.evaluation.faithfulness import faithfulness
from designchord.evaluation.ideas import Idea
from designchord.evaluation.matching import Made, match_entities, match_operations
from designchord.evaluation.results import Outcome, Record, Size
from designchord.kinds import registry
from designchord.kinds.about import BLUEPRINT
from designchord.notation.problems import has_errors

Snapshot = Mapping[str, Any]


def measure(idea: Idea, snapshot: Snapshot) -> Record:
    """The figures of a design (``docs/http.md``) that was made from an idea. Every artifact is checked once more."""
    blueprint = _blueprint(snapshot)
    requirements, covered = _coverage(snapshot["report"])
    return Record(
        id=idea.id,
        line=idea.line,
        language=idea.brief.language,
        state=snapshot["state"],
        error=(snapshot["error"] or {}).get("message", ""),
        seconds=_seconds(snapshot["created_at"], snapshot["finished_at"]),
        outcomes=_outcomes(snapshot),
        entities=match_entities(idea.entities, _entities(blueprint)) if idea.entities else None,
        operations=match_operations(idea.operations, _operations(blueprint)) if idea.operations else None,
        faithfulness=faithfulness(idea.brief, blueprint, snapshot),
        requirements=requirements,
        covered=covered,
        findings=dict((snapshot["report"] or {}).get("counts") or {}),
        size=_size(snapshot, blueprint),
        calls=snapshot["usage"]["calls"],
        input_tokens=snapshot["usage"]["input_tokens"],
        output_tokens=snapshot["usage"]["output_tokens"],
        cost_usd=snapshot["usage"]["cost_usd"],
    )


def outcome(kind: str, revision: Mapping[str, Any]) -> Outcome:
    """How an artifact came to be, by its provenance and by a check made now."""
    if revision["origin"] == "skeleton":
        return "skeleton"
    if has_errors(registry.check(kind, revision["source"])):
        return "invalid"
    provenance = revision["provenance"]
    if provenance.get("attempts", 0) > 1:
        return "reasked"
    return "fixed" if provenance.get("fixes") else "first"


def _outcomes(snapshot: Snapshot) -> dict[str, dict[Outcome, int]]:
    made = {(artifact["kind"], artifact["part"]): artifact["revision"] for artifact in snapshot["artifacts"]}
    wanted = {(step["kind"], step["part"]) for step in snapshot["steps"] if step["kind"] != "report"}
    if (BLUEPRINT.name, "") not in made:  # parts are planned from it: each kind counts as one that is missing
        wanted |= {(kind, "") for kind in snapshot["kinds"]}
    failed = {(step["kind"], step["part"]) for step in snapshot["steps"] if step["state"] == "failed"}
    counts: dict[str, Counter[Outcome]] = {}
    for place in wanted | made.keys():
        kind, revision = place[0], made.get(place)
        counts.setdefault(kind, Counter())[
            "missing" if revision is None else "skeleton" if place in failed else outcome(kind, revision)
        ] += 1
    return {about.name: dict(counts[about.name]) for about in registry.shown() if about.name in counts}


def _blueprint(snapshot: Snapshot) -> Blueprint | None:
    source = next((a["revision"]["source"] for a in snapshot["artifacts"] if a["kind"] == "blueprint"), None)
    return answering.check(source)[0] if source is not None else None


def _entities(blueprint: Blueprint | None) -> list[Made]:
    return [Made(one.name, one.label, one.assumed) for one in blueprint.entities] if blueprint else []


def _operations(blueprint: Blueprint | None) -> list[Made]:
    if blueprint is None:
        return []
    return [Made(f"{one.method} {one.path}", one.summary, one.assumed) for one in blueprint.operations]


def _coverage(report: Mapping[str, Any] | None) -> tuple[int, int]:
    """How many requirements ask for something that can be shown, and how many of them are shown somewhere.

    What names all requirements may well just repeat them, so it does not count.
    """
    shown_in = [name for name, kind in registry.KINDS.items() if kind.about.covers == "functional"]
    asked = covered = 0
    for row in ((report or {}).get("matrix") or {}).get("rows", ()):
        cells = [row["cells"][kind]["covered"] for kind in shown_in if kind in row["cells"]]
        if any(cell is not None for cell in cells):
            asked += 1
            covered += any(cells)
    return asked, covered


def _size(snapshot: Snapshot, blueprint: Blueprint | None) -> Size:
    characters = sum(len(a["revision"]["source"]) for a in snapshot["artifacts"] if a["kind"] != "blueprint")
    if blueprint is None:
        return Size(characters=characters)
    return Size(
        characters=characters,
        entities=len(blueprint.entities),
        relations=len(blueprint.relations),
        operations=len(blueprint.operations),
        scenarios=len(blueprint.scenarios),
        assumptions=len(blueprint.assumptions),
    )


def _seconds(began: str, ended: str | None) -> float:
    if ended is None:
        return 0.0
    return round((datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds(), 3)
