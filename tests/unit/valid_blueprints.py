"""Blueprints without errors, and random operations on them. Each is made of one seed, which is quick to draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from designchord.blueprint import changes
from designchord.blueprint.changes.applying import defect
from designchord.blueprint.changes.places import LISTS, MODELS, items_of
from designchord.blueprint.model import (
    Actor,
    Assumption,
    Attribute,
    Blueprint,
    Entity,
    FormerRequirement,
    Operation,
    Relation,
    Requirement,
    Scenario,
    ScenarioStep,
)

NAMES = ("Member", "Tool", "Loan", "LoanItem", "Category", "Person", "Box")
FIELDS = ("name", "status", "due_on", "member_id", "note", "count")
CALLS = ("createLoan", "listLoans", "deleteTool", "getTool", "addMember", "logIn")
PATHS = ("/loans", "/loans/{loan_id}", "/tools", "/tools/{tool_id}", "/members", "/sessions")
LABELS = ("member", "회원", "Loan item", "도구", "A member's loan", "x", "end", 'say "hi"')
CARDINALITIES = ("one_to_one", "one_to_many", "many_to_many")

T = TypeVar("T")


class Maker:
    def __init__(self, random: Random) -> None:
        self.random, self.one_of = random, random.choice

    def blueprint(self) -> Blueprint:
        ids = self.some(range(1, 10), 4)
        kept = ids[: self.random.randint(0, len(ids))]
        self.requirements = [f"R{one}" for one in kept]
        self.names = self.some(NAMES, 4, 1)
        actors = tuple(Actor(id=name, label=self.one_of(LABELS)) for name in self.some(NAMES, 3, 1))
        self.people = [actor.id for actor in actors]
        operations = self.operations()
        self.calls = [call.id for call in operations]
        found = Blueprint(
            title=self.one_of(LABELS),
            summary=self.text(),
            language=self.one_of(["en", "ko"]),
            actors=actors,
            requirements=tuple(Requirement(id=name, text=self.one_of(LABELS)) for name in self.requirements),
            former=tuple(FormerRequirement(id=f"R{one}", text=self.one_of(LABELS)) for one in ids[len(kept) :]),
            entities=tuple(self.entity(name) for name in self.names),
            relations=tuple(self.relation() for _ in range(self.random.randint(0, 4))),
            operations=operations,
            scenarios=tuple(self.scenario(name) for name in self.some(["borrow", "return-tool", "sign-up"], 3, 1)),
            assumptions=tuple(self.assumption(name) for name in self.some(["A1", "A2"], 2)),
        )
        assert defect(found) is None, defect(found)
        return found

    def some(self, choices: Iterable[T], most: int, least: int = 0) -> list[T]:
        pool = list(choices)
        return self.random.sample(pool, min(len(pool), self.random.randint(least, most)))

    def text(self) -> str:
        return self.one_of(("", *LABELS))

    def served(self) -> tuple[str, ...]:
        return tuple(self.some(self.requirements, 2))

    def entity(self, name: str) -> Entity:
        return Entity(
            name=name,
            label=self.one_of(LABELS),
            attributes=(
                Attribute(name="id", type="uuid", key="primary"),
                *map(self.attribute, self.some(FIELDS, 3)),
            ),
            requirements=self.served(),
            assumed=self.random.random() < 0.3,
        )

    def attribute(self, name: str) -> Attribute:
        if self.random.random() < 0.3:
            return Attribute(name=name, type="uuid", key="foreign", references=self.one_of(self.names))
        kind = self.one_of(["string", "date", "enum"])
        required, unique = self.random.random() < 0.6, self.random.random() < 0.2
        values = ("on", "off") if kind == "enum" else ()
        return Attribute(name=name, type=kind, label=self.text(), required=required, unique=unique, values=values)  # type: ignore[arg-type]

    def relation(self) -> Relation:
        return Relation(
            source=self.one_of(self.names),
            target=self.one_of(self.names),
            label=self.text(),
            cardinality=self.one_of(CARDINALITIES),  # type: ignore[arg-type]
            required=self.random.random() < 0.5,
        )

    def operations(self) -> tuple[Operation, ...]:
        calls = [(method, path) for path in PATHS for method in ("GET", "POST")]
        named = zip(self.some(CALLS, 4, 1), self.some(calls, 4, 4), strict=False)
        return tuple(
            Operation(
                id=name,
                method=method,  # type: ignore[arg-type]
                path=path,
                summary=self.one_of(LABELS),
                section=self.one_of(["", "Loans", "Tools"]),
                actor=self.one_of([None, *self.people]),
                entity=self.one_of([None, *self.names]),
                request=tuple(self.some(FIELDS, 3)),
                filters=tuple(self.some(FIELDS, 2)),
                errors=tuple((409, self.text()) for _ in range(self.random.randint(0, 2))),
                requirements=self.served(),
            )
            for name, (method, path) in named
        )

    def scenario(self, name: str) -> Scenario:
        sides = [*self.people, "System", "Database"]
        steps = tuple(
            ScenarioStep(
                source=self.one_of(sides),
                target=self.one_of(sides),
                message=self.one_of(LABELS),
                kind=self.one_of(["call", "reply"]),  # type: ignore[arg-type]
                operation=self.one_of([None, *self.calls]),
                when=self.text(),
            )
            for _ in range(self.random.randint(0, 5))
        )
        title, actor = self.one_of(LABELS), self.one_of(self.people)
        return Scenario(id=name, title=title, actor=actor, steps=steps, requirements=self.served())

    def assumption(self, name: str) -> Assumption:
        first, last = self.names[0], self.names[-1]
        abouts = (
            f"entity:{first}",
            f"attribute:{last}.name, relation:{first}-{last}",
            f"refusal:{self.calls[0]}.409 x",
            "",
        )
        return Assumption(id=name, text=self.one_of(LABELS), about=self.one_of(abouts))

    # Operations.

    def operation(self, blueprint: Blueprint, other: Blueprint) -> Any:
        """Most of the time one that could be meant; values come from another blueprint."""
        what = self.one_of([*LISTS, "attribute", "step"])
        address = self.one_of([*addresses(blueprint, what), "nowhere", "Nothing.name", "borrow.9"])
        things = [thing for owner in _owners(other, what) for thing in items_of(other, what, owner)]
        value = self.one_of(things).model_dump(mode="json") if things else {}
        at = self.one_of([None, 0, 1, 2, 4])
        kinds: dict[str, Callable[[], Any]] = {
            "add": lambda: changes.Add(what=what, owner=address.rpartition(".")[0], at=at, value=value),
            "change": lambda: changes.Change(what=what, id=address, set=self.fields(what, value)),
            "rename": lambda: self.rename(blueprint),
            "move": lambda: changes.Move(what=what, id=address, to=self.random.randint(0, 5)),
            "remove": lambda: changes.Remove(what=what, id=address),
            "lineage": lambda: self.lineage(blueprint, at),
        }
        return kinds[self.one_of(list(kinds))]()

    def fields(self, what: str, value: dict[str, Any]) -> dict[str, Any]:
        fields = [name for name in MODELS[what].model_fields if name in value] or ["label"]
        return {name: value.get(name) for name in self.some(fields, 2, 1)}

    def rename(self, blueprint: Blueprint) -> Any:
        sort = self.one_of(["actor", "entity", "attribute", "operation", "scenario", "section"])
        to = self.one_of([*NAMES, *FIELDS, *CALLS, "Customer", "stock-take", "대출", "not a name"])
        return changes.Rename(what=sort, id=self.one_of([*addresses(blueprint, sort), "No"]), to=to)  # type: ignore[arg-type]

    def lineage(self, blueprint: Blueprint, at: int | None) -> Any:
        name = self.one_of([*addresses(blueprint, "requirement"), *addresses(blueprint, "former"), "R77"])
        match self.random.randint(0, 2):
            case 0:
                return changes.Retire(id=name, by=self.one_of([None, "R1", "R5"]), reason="x", at=at)
            case 1:
                return changes.Replace(id=name, value={"id": self.one_of(["R1", "R42"]), "text": "new"}, at=at)
            case _:
                return changes.Reinstate(id=name, at=at, instead_of=self.one_of([None, "R1", "R42"]))


def addresses(blueprint: Blueprint, what: str) -> list[str]:
    if what == "section":
        return [one.section for one in blueprint.operations]
    if what in ("attribute", "step"):
        return [
            f"{owner}.{number if what == 'step' else one.name}"
            for owner in _owners(blueprint, what)
            for number, one in enumerate(items_of(blueprint, what, owner), 1)
        ]
    things = items_of(blueprint, what)
    if what == "relation":
        return [f"{one.source}-{one.target}{again}" for one in things for again in ("", "#2")]
    return [getattr(one, "name" if what == "entity" else "id") for one in things]


def _owners(blueprint: Blueprint, what: str) -> Sequence[str]:
    owner = {"attribute": "entity", "step": "scenario"}.get(what)
    return addresses(blueprint, owner) if owner else [""]


def _change_set(seed: int) -> tuple[Blueprint, changes.Operations]:
    maker = Maker(Random(seed))
    blueprint, other = maker.blueprint(), maker.blueprint()
    now, found = blueprint, []
    for _ in range(maker.random.randint(1, 6)):
        found.append(maker.operation(now, other))
        now = changes.apply(now, found[-1:]).blueprint
    return blueprint, tuple(found)


_seeds = st.integers(0, 2**64)
blueprints = _seeds.map(lambda seed: Maker(Random(seed)).blueprint())
#: A blueprint, and operations in a row that know each other's results.
change_sets = _seeds.map(_change_set)
