"""Is a design about its idea: what grounds it, its language, the author's requirements, and who repeated a prompt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from designchord import drafter
from designchord.blueprint.grounding import Grounding
from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.requirements import read_requirements
from designchord.evaluation.results import Faithfulness
from designchord.ideas.likeness import folded
from designchord.kinds.about import BLUEPRINT
from designchord.notation import echo


def faithfulness(brief: Brief, blueprint: Blueprint | None, snapshot: Mapping[str, Any]) -> Faithfulness:
    """Everything is looked at anew, whoever made the design and whatever was looked at then."""
    wanted = read_requirements(brief)
    found = Faithfulness(
        echoes=sum(echo.CODE in refused for refused in _refused(snapshot).values()),
        requirements=len(wanted),
        usable_seconds=_usable_seconds(snapshot),
        usable_tokens=_usable_tokens(snapshot),
    )
    if blueprint is None:
        return found
    grounding = Grounding(blueprint, brief, known=lambda: drafter.names_in(brief))
    grades = Counter(
        [
            *(grounding.of_actor(one).grade for one in blueprint.actors),
            *(grounding.of_entity(one).grade for one in blueprint.entities),
            *(grounding.of_operation(one).grade for one in blueprint.operations),
        ]
    )
    there = {folded(one.text) for one in blueprint.requirements}
    return found.model_copy(
        update={
            "said": grades["said"],
            "inferred": grades["inferred"],
            "assumed": grades["assumed"],
            "language": grounding.is_in_language(),
            "kept": sum(folded(one.text) in there for one in wanted),
        }
    )


def _refused(snapshot: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """What answers were refused for, by kind and part: of what was made, and of what failed."""
    of_steps = {(one["kind"], one.get("part", "")): one.get("refused", []) for one in snapshot["steps"]}
    of_revisions = {
        (one["kind"], one.get("part", "")): one["revision"]["provenance"]["refused"]
        for one in snapshot["artifacts"]
        if one["revision"]["provenance"].get("refused")
    }
    return of_steps | of_revisions


def _usable_seconds(snapshot: Mapping[str, Any]) -> float | None:
    """From acceptance to the blueprint, from which everything can be shown."""
    ended = next((step["finished_at"] for step in snapshot["steps"] if step["kind"] == BLUEPRINT.name), None)
    if not ended:
        return None
    seconds = (datetime.fromisoformat(ended) - datetime.fromisoformat(snapshot["created_at"])).total_seconds()
    return round(seconds, 3)


def _usable_tokens(snapshot: Mapping[str, Any]) -> int:
    made = (one["revision"]["provenance"] for one in snapshot["artifacts"] if one["kind"] == BLUEPRINT.name)
    return sum(int(provenance.get("output_tokens") or 0) for provenance in made)
