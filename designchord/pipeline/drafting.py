"""What rules make of an idea: a design's blueprint without a model, and its stand-in with one."""

from __future__ import annotations

from typing import Any, Literal

from designchord import drafter
from designchord.blueprint import answering
from designchord.blueprint.model import Brief
from designchord.blueprint.salvaging import salvage
from designchord.designs.models import Assume, Design, Origin
from designchord.designs.services.parts import NewRevision


def brief_of(design: Design) -> Brief:
    return Brief(design.title, design.content, design.requirements, design.language)


def assumed(design: Design) -> Literal["none", "usual"]:
    """What the drafter may add to what the text says."""
    return "none" if design.assume == Assume.NONE else "usual"


def drafted(design: Design, *, origin: Origin, provenance: dict[str, Any], beside: str = "") -> NewRevision:
    """A blueprint drafted from the idea, with what its reader has to know first.

    What the text speaks of in a model's refused blueprint, ``beside`` it, is taken over and told among the fixes.
    """
    brief = brief_of(design)
    blueprint = drafter.draft(brief, assume=assumed(design))
    if beside:
        blueprint, fixes = salvage(beside, blueprint, brief)
        provenance = {**provenance, "fixes": [fix.to_dict() for fix in fixes]}
    problems = [problem.to_dict() for problem in drafter.cautions(brief, blueprint)]
    return NewRevision(source=answering.dump(blueprint), origin=origin, problems=problems, provenance=provenance)
