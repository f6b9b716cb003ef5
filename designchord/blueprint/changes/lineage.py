"""Requirements of a blueprint that was made anew: none of the former is forgotten, no id becomes another's."""

from __future__ import annotations

from designchord.blueprint.changes.consequences import next_requirement
from designchord.blueprint.changes.renaming import requirement_named
from designchord.blueprint.model import Blueprint, FormerRequirement, Requirement


def carried_over(before: Blueprint, after: Blueprint, *, on: str) -> Blueprint:
    """``after`` with what became of the requirements of ``before``: those that it has no more are retired on that day,
    former ones stay so unless it has them again in the same words, and what bears the id of one gets a free one."""
    kept = [one for one in before.former if not _again(after, one)]
    after = after.model_copy(update={"former": tuple(kept)})
    for former in kept:
        if any(one.id == former.id for one in after.requirements):
            after = _renumbered(after, former.id, next_requirement(_both(before, after)))
    there = {one.id for one in after.requirements}
    gone = tuple(FormerRequirement(**one.model_dump(), on=on) for one in before.requirements if one.id not in there)
    return after.model_copy(update={"former": (*after.former, *gone)})


def _again(after: Blueprint, former: FormerRequirement) -> bool:
    return any((one.id, one.text) == (former.id, former.text) for one in after.requirements)


def _both(before: Blueprint, after: Blueprint) -> Blueprint:
    """For numbers that neither has."""
    return after.model_copy(update={"requirements": (*after.requirements, *before.requirements)})


def _renumbered(blueprint: Blueprint, old: str, new: str) -> Blueprint:
    def renamed(one: Requirement) -> Requirement:
        return one.model_copy(update={"id": new}) if one.id == old else one

    requirements = tuple(map(renamed, blueprint.requirements))
    return requirement_named(blueprint.model_copy(update={"requirements": requirements}), old, new)
