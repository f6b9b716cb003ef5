"""Pictures of a change of a blueprint: the data model and the stories with all that is, that comes and that goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Final

from designchord.blueprint.model import Blueprint, Entity, Relation, Scenario, ScenarioStep
from designchord.blueprint.things import things
from designchord.kinds import registry
from designchord.kinds.base import Part

Names = Mapping[str, str]

#: How a step that is not as before is marked in its message: a sign, for colour alone is not seen by everybody.
SIGNS: Final = {"added": "＋", "removed": "－", "changed": "～"}


def draw_model(before: Blueprint, after: Blueprint, entities: Names) -> dict[str, Any] | None:
    """The ERD with marks for what is not as before: ``Tool``, ``Tool.name``, ``Tool-Loan``. ``entities`` says which
    were renamed. None where it would be the same picture."""
    old = {entities.get(one.name, one.name): one for one in before.entities}
    new = {one.name: one for one in after.entities}
    marks = {name: "added" for name in new if name not in old}
    marks |= {name: "removed" for name in old if name not in new}
    whole: list[Entity] = []
    for name, entity in new.items():
        was = old.get(name)
        changed = {} if was is None else _marked(was, entity)
        if was is not None and (changed or was.name != name):
            marks[name] = "changed"
            marks |= {f"{name}.{one}": how for one, how in changed.items()}
            gone = tuple(one for one in was.attributes if changed.get(one.name) == "removed")
            entity = entity.model_copy(update={"attributes": (*entity.attributes, *gone)})
        whole.append(entity)
    whole += [entity for name, entity in old.items() if name not in new]
    relations, joined = _relations(before, after, entities)
    marks |= joined
    if not marks and things(before, "relation") == things(after, "relation"):
        return None
    both = after.model_copy(update={"entities": tuple(whole), "relations": relations})
    return {"source": registry.kind("erd").skeleton(both, Part("", after.title)), "marks": marks}


def _marked(was: Entity, entity: Entity) -> dict[str, str]:
    old = {one.name: one for one in was.attributes}
    new = {one.name: one for one in entity.attributes}
    marks = {name: "added" for name in new if name not in old}
    marks |= {name: "removed" for name in old if name not in new}
    return marks | {name: "changed" for name, one in new.items() if name in old and one != old[name]}


def _relations(before: Blueprint, after: Blueprint, entities: Names) -> tuple[tuple[Relation, ...], dict[str, str]]:
    """Those of both, and marks for those that come, go, or are others."""

    def key(one: Relation, names: Names) -> str:
        return f"{names.get(one.source, one.source)}-{names.get(one.target, one.target)}"

    old = {key(one, entities): one for one in before.relations}
    new = {key(one, {}): one for one in after.relations}
    marks = {name: "added" for name in new if name not in old}
    marks |= {name: "removed" for name in old if name not in new}
    marks |= {name: "changed" for name in new if name in old and new[name].cardinality != old[name].cardinality}
    gone = []
    for name, one in old.items():
        if name not in new:
            source, target = (entities.get(side, side) for side in (one.source, one.target))
            gone.append(one.model_copy(update={"source": source, "target": target}))
    return (*after.relations, *gone), marks


def draw_stories(before: Blueprint, after: Blueprint, actors: Names, calls: Names, stories: Names) -> Iterator[Any]:
    """Every story that is not as before: ``how``, and a sequence diagram of both versions with a sign before each step
    that comes, goes or is another."""
    sequence = registry.kind("sequence")
    old = {stories.get(one.id, one.id): one for one in before.scenarios}
    for story in after.scenarios:
        was = old.pop(story.id, None)
        if was is None:
            yield _story(story, "added", sequence.skeleton(after, Part(story.id, story.title)))
            continue
        merged = _merged(_renamed(was, actors, calls), story)
        if merged is not None:
            both = _with_all(before, after, merged, actors, calls)
            yield _story(story, "changed", sequence.skeleton(both, Part(story.id, story.title)))
    for gone in old.values():
        yield _story(gone, "removed", sequence.skeleton(before, Part(gone.id, gone.title)))


def _story(story: Scenario, how: str, source: str) -> dict[str, str]:
    return {"id": story.id, "title": story.title, "how": how, "source": source}


def _renamed(story: Scenario, actors: Names, calls: Names) -> Scenario:
    """A story of before under the names of after."""

    def step(one: ScenarioStep) -> ScenarioStep:
        sides = {name: actors.get(side, side) for name, side in (("source", one.source), ("target", one.target))}
        call = calls.get(one.operation, one.operation) if one.operation else None
        return one.model_copy(update={**sides, "operation": call})

    return story.model_copy(update={"steps": tuple(map(step, story.steps))})


def _merged(was: Scenario, story: Scenario) -> Scenario | None:
    """A story with the steps of both versions, those that differ marked; None where none differs."""
    steps: list[ScenarioStep] = []
    matcher = SequenceMatcher(None, was.steps, story.steps, autojunk=False)
    differs = False
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if tag == "equal":
            steps += story.steps[from_new:to_new]
            continue
        differs = True
        shared = min(to_old - from_old, to_new - from_new)
        steps += [_signed(one, "changed") for one in story.steps[from_new : from_new + shared]]
        steps += [_signed(one, "removed") for one in was.steps[from_old + shared : to_old]]
        steps += [_signed(one, "added") for one in story.steps[from_new + shared : to_new]]
    return story.model_copy(update={"steps": tuple(steps)}) if differs else None


def _signed(step: ScenarioStep, how: str) -> ScenarioStep:
    return step.model_copy(update={"message": f"{SIGNS[how]} {step.message}"})


def _with_all(before: Blueprint, after: Blueprint, story: Scenario, actors: Names, calls: Names) -> Blueprint:
    """What a story of both versions is drawn with: actors and calls that are gone, too."""
    people = {one.id for one in after.actors}
    known = {one.id for one in after.operations}
    lost = tuple(one for one in before.actors if actors.get(one.id, one.id) not in people)
    dead = tuple(one for one in before.operations if calls.get(one.id, one.id) not in known)
    return after.model_copy(
        update={"actors": (*after.actors, *lost), "operations": (*after.operations, *dead), "scenarios": (story,)}
    )
