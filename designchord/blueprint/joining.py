"""A model's blueprint and that of rules joined: one is made whole by what the other has and it has not.

Only what is missing is taken over, under the names of the one that stays where it has the thing: by name, or by the
same label.
"""

from __future__ import annotations

from collections.abc import Iterator

from designchord.blueprint.model import Blueprint, Entity, Operation, Relation
from designchord.blueprint.naming import fold
from designchord.notation.problems import Fix


def join(made: Blueprint, drafted: Blueprint) -> tuple[Blueprint, tuple[Fix, ...]]:
    """``made`` with the operations of ``drafted`` for requirements that it names nowhere, and what these stand on.

    Both number the author's requirements alike. Each thing that was taken over is told.
    """
    named = {one for item in made.operations for one in item.requirements}
    named |= {one for item in made.scenarios for one in item.requirements}
    open_ids = {one.id for one in made.requirements if one.kind == "functional"} - named
    wanted = [one for one in drafted.operations if not one.assumed and open_ids & set(one.requirements)]
    return _Joint(made, drafted, open_ids, _BY_RULES).take(wanted) if wanted else (made, ())


def join_said(drafted: Blueprint, said: Blueprint) -> tuple[Blueprint, tuple[Fix, ...]]:
    """``drafted`` with the entities of ``said`` that it does not have, and the operations upon them or for requirements
    that it names nowhere. All of ``said`` is taken for spoken of in the text."""
    named = {one for item in drafted.operations for one in item.requirements}
    open_ids = {one.id for one in drafted.requirements if one.kind == "functional"} - named
    joint = _Joint(drafted, said, open_ids, _BY_MODEL)
    new = joint.place_all()
    wanted = [one for one in said.operations if one.entity in new or open_ids & set(one.requirements)]
    return joint.take(wanted)


_BY_RULES = "By rules, from the author's words"
_BY_MODEL = "By the model, spoken of in the text"


class _Joint:
    def __init__(self, made: Blueprint, drafted: Blueprint, open_ids: set[str], whose: str) -> None:
        self._made, self._drafted, self._open, self._whose = made, drafted, open_ids, whose
        self._names = {fold(one.name): one.name for one in made.entities}
        self._names |= {fold(one.label): one.name for one in made.entities}
        self._actors = {fold(spelling): one.id for one in made.actors for spelling in (one.id, one.label)}
        self._calls = {_call(one): at for at, one in enumerate(made.operations)}
        self._entities = list(made.entities)
        self._operations = list(made.operations)
        self._fixes: list[Fix] = []

    def place_all(self) -> set[str]:
        """Take over each entity that is not there; gives their names."""
        return {one.name for one in self._drafted.entities if self._name(one.name) is None and self._place(one.name)}

    def take(self, wanted: list[Operation]) -> tuple[Blueprint, tuple[Fix, ...]]:
        for operation in wanted:
            served = tuple(one for one in operation.requirements if one in self._open)
            at = self._calls.get(_call(operation))
            if at is not None:
                if served:
                    self._serve(at, served)
            elif operation.entity is None or self._place(operation.entity):
                self._add(operation, served)
        joined = self._made.model_copy(
            update={
                "entities": tuple(self._entities),
                "relations": (*self._made.relations, *self._relations()),
                "operations": tuple(self._operations),
            }
        )
        return joined, tuple(self._fixes)

    def _serve(self, at: int, served: tuple[str, ...]) -> None:
        operation = self._operations[at]
        requirements = tuple(dict.fromkeys((*operation.requirements, *served)))
        self._operations[at] = operation.model_copy(update={"requirements": requirements})
        self._tell(f"{operation.id} serves {', '.join(served)}")

    def _add(self, operation: Operation, served: tuple[str, ...]) -> None:
        if len(self._operations) >= 200:
            return
        taken = {one.id for one in self._operations}
        if operation.id in taken:
            return
        entity = self._name(operation.entity) if operation.entity else None
        actor = self._actors.get(fold(operation.actor)) if operation.actor else None
        changed = {"entity": entity, "actor": actor, "requirements": served}
        self._calls[_call(operation)] = len(self._operations)
        self._operations.append(operation.model_copy(update=changed))
        self._tell(f"the operation {operation.id} was added for {', '.join(served)}")

    def _place(self, name: str) -> bool:
        """Whether the thing is there, or could be taken over with the attributes that point to what is there."""
        if self._name(name) is not None:
            return True
        entity = self._drafted.entity(name)
        if entity is None or len(self._entities) >= 60:
            return False
        self._names |= {fold(entity.name): entity.name, fold(entity.label): entity.name}
        attributes = tuple(
            one.model_copy(update={"references": self._name(one.references)}) if one.references else one
            for one in entity.attributes
            if not one.references or self._name(one.references) is not None
        )
        known = {one.id for one in self._made.requirements}
        ids = tuple(one for one in entity.requirements if one in known)
        self._entities.append(entity.model_copy(update={"attributes": attributes, "requirements": ids}))
        self._tell(f"the entity {entity.name} was added")
        return True

    def _name(self, name: str) -> str | None:
        """What the model calls a thing of the draft."""
        entity = self._drafted.entity(name)
        return self._names.get(fold(name)) or (self._names.get(fold(entity.label)) if entity is not None else None)

    def _relations(self) -> Iterator[Relation]:
        """Those of the draft that the keys of the added entities hold."""
        added = {one.name: one for one in self._entities[len(self._made.entities) :]}
        for relation in self._drafted.relations:
            entity, source = added.get(relation.target), self._name(relation.source)
            if entity is not None and source is not None and _points(entity, source):
                yield relation.model_copy(update={"source": source})

    def _tell(self, what: str) -> None:
        self._fixes.append(Fix("blueprint.joined", f"{self._whose}: {what}."))


def _call(operation: Operation) -> tuple[str, str]:
    parts = ("{}" if part.startswith("{") else fold(part) for part in operation.path.split("/"))
    return operation.method, "/".join(parts)


def _points(entity: Entity, target: str) -> bool:
    return any(one.references == target for one in entity.attributes)
