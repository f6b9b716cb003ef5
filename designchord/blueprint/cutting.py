"""A blueprint from which things are taken out, with all that cannot be without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from designchord.blueprint.model import (
    Actor,
    Assumption,
    Blueprint,
    Entity,
    Operation,
    Relation,
    Scenario,
    ScenarioStep,
)
from designchord.blueprint.naming import fold, slug, snake
from designchord.blueprint.targets import Target, targets


class Cut:
    """A blueprint from which things are taken out."""

    def __init__(self, blueprint: Blueprint) -> None:
        self._blueprint = blueprint
        self.actors: list[Actor] = list(blueprint.actors)
        self.entities: list[Entity] = list(blueprint.entities)
        self.relations: list[Relation] = list(blueprint.relations)
        self.operations: list[Operation] = list(blueprint.operations)
        self.scenarios: list[Scenario] = list(blueprint.scenarios)

    def take_out(self, target: Target) -> None:
        match target.kind:
            case "entity":
                self._entity(target.name)
            case "attribute":
                self._attributes(target.name, {target.member})
            case "relation":
                self._relation(target.name, target.member)
            case "operation":
                self._operations({target.name})
            case "refusal":
                self._refusal(target.name, target.member)
            case "scenario":
                self.scenarios = [one for one in self.scenarios if one.id != target.name]
            case "actor":
                self._actor(target.name)

    def keep_a_story(self) -> None:
        """When the last scenario went, the plainest one about a call that is left takes its place."""
        if self.scenarios or not self.operations or not self.actors:
            return
        # The author's own calls first, and of those one that changes something.
        call = min(self.operations, key=lambda one: (one.assumed, one.method == "GET"))
        actor = call.actor or self.actors[0].id
        korean = self._blueprint.language.split("-")[0] == "ko"
        told = (f"{call.summary} 완료" if korean else f"Done: {call.summary}")[:200]
        steps = (
            ScenarioStep(source=actor, target="System", message=call.summary, operation=call.id),
            ScenarioStep(source="System", target=actor, message=told, kind="reply"),
        )
        self.scenarios = [
            Scenario(
                id=slug(call.id),
                title=call.summary,
                actor=actor,
                steps=steps,
                requirements=call.requirements,
                assumed=call.assumed,
            )
        ]

    def result(self, struck: Assumption | None = None) -> Blueprint:
        """What is left, with the assumptions that still stand behind something, without the one that was struck."""
        left = self._blueprint.model_copy(
            update={
                "actors": tuple(self.actors),
                "entities": tuple(self.entities),
                "relations": tuple(self.relations),
                "operations": tuple(self.operations),
                "scenarios": tuple(self.scenarios),
            }
        )
        before = {one.id: targets(self._blueprint, one) for one in self._blueprint.assumptions}
        standing = tuple(
            one for one in self._blueprint.assumptions if one != struck and (not before[one.id] or targets(left, one))
        )
        return left.model_copy(update={"assumptions": standing})

    def _entity(self, name: str) -> None:
        self.entities = [one for one in self.entities if one.name != name]
        self.relations = [one for one in self.relations if name not in (one.source, one.target)]
        for other in list(self.entities):
            self._attributes(other.name, {one.name for one in other.attributes if one.references == name})
        self._operations({one.id for one in self.operations if one.entity == name or _passes(one.path, name)})

    def _attributes(self, owner: str, names: set[str]) -> None:
        """Attributes, the relations that only they held, and their places in what callers send."""
        if not names:
            return
        self.entities = [_without(one, names) if one.name == owner else one for one in self.entities]
        self.relations = [one for one in self.relations if owner not in (one.source, one.target) or self._held(one)]
        self.operations = [
            one.model_copy(
                update={
                    "request": tuple(name for name in one.request if name not in names),
                    "filters": tuple(name for name in one.filters if name not in names),
                }
            )
            if one.entity == owner
            else one
            for one in self.operations
        ]

    def _held(self, relation: Relation) -> bool:
        """Whether a relation is still what it was: one that had a foreign key has one."""
        return not _keys(self._blueprint.entities, relation) or bool(_keys(self.entities, relation))

    def _relation(self, one: str, other: str) -> None:
        self.relations = [each for each in self.relations if {each.source, each.target} != {one, other}]
        for owner, target in ((one, other), (other, one)):
            entity = next((each for each in self.entities if each.name == owner), None)
            if entity is not None:
                self._attributes(owner, {each.name for each in entity.attributes if each.references == target})
        reached = {
            each.id
            for each in self.operations
            if (each.entity == other and _passes(each.path, one)) or (each.entity == one and _passes(each.path, other))
        }
        self._operations(reached)

    def _operations(self, ids: set[str]) -> None:
        """Operations, and of every scenario what follows from calling them; a story of nothing else goes."""
        if not ids:
            return
        self.operations = [one for one in self.operations if one.id not in ids]
        kept = []
        for scenario in self.scenarios:
            called = {step.operation for step in scenario.steps if step.operation}
            if not called & ids:
                kept.append(scenario)
            elif called - ids:
                kept.append(scenario.model_copy(update={"steps": tuple(_uncalled(scenario.steps, ids))}))
        self.scenarios = kept

    def _refusal(self, operation: str, reason: str) -> None:
        self.scenarios = [
            one.model_copy(update={"steps": tuple(step for step in one.steps if not _same_branch(step, reason))})
            if any(step.operation == operation for step in one.steps)
            else one
            for one in self.scenarios
        ]

    def _actor(self, name: str) -> None:
        """Whoever is first among the others does what this one did."""
        left = [one for one in self.actors if one.id != name]
        heir = next((one.id for one in left if one.kind == "person"), None)
        self.actors = left
        if heir is None:  # then the check names what still needs this one
            return
        self.operations = [
            one.model_copy(update={"actor": heir}) if one.actor == name else one for one in self.operations
        ]
        self.scenarios = [_handed_over(one, name, heir) for one in self.scenarios]


def _without(entity: Entity, names: set[str]) -> Entity:
    return entity.model_copy(update={"attributes": tuple(one for one in entity.attributes if one.name not in names)})


def _keys(entities: Sequence[Entity], relation: Relation) -> list[str]:
    """The foreign keys between the two sides of a relation."""
    ends = {relation.source, relation.target}
    return [
        attribute.name
        for entity in entities
        if entity.name in ends
        for attribute in entity.attributes
        if attribute.references in (ends - {entity.name} or ends)
    ]


def _passes(path: str, entity: str) -> bool:
    """Whether a path leads through one record of an entity: ``/carts/{cart_id}/items`` through a cart."""
    segments = path.strip("/").split("/")
    own = "{" + snake(entity) + "_id}"
    return own in segments or any(fold(a) == fold(entity) and b.startswith("{") for a, b in pairwise(segments))


def _uncalled(steps: Sequence[ScenarioStep], ids: set[str]) -> Iterator[ScenarioStep]:
    """The steps without those calls and without what follows each of them up to the next call."""
    dropping = False
    for step in steps:
        if step.operation:
            dropping = step.operation in ids
        if not dropping:
            yield step


def _same_branch(step: ScenarioStep, reason: str) -> bool:
    """Branches carry the reason, cut to their own limit."""
    return bool(step.when) and step.operation is None and step.when == reason[:300].strip()


def _handed_over(scenario: Scenario, name: str, heir: str) -> Scenario:
    def side(actor: str) -> str:
        return heir if actor == name else actor

    steps = tuple(
        step.model_copy(update={"source": side(step.source), "target": side(step.target)}) for step in scenario.steps
    )
    return scenario.model_copy(update={"actor": side(scenario.actor), "steps": steps})
