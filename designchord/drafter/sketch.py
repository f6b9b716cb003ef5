"""The design while it is being drafted: mutable, with the evidence for every decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from designchord.blueprint.model import Actor, Attribute, Brief, Operation, Requirement, Scenario
from designchord.drafter.phrases import Phrases
from designchord.drafter.statements import Statement
from designchord.drafter.structure.given import Given
from designchord.language.lexicon import Concept

Assume = Literal["none", "usual"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which words led to a decision. ``about`` is ``entity:Loan``, ``relation:Tool-Loan`` or ``operation:createLoan``.

    ``line`` counts from 1 in the text that was read; ``words`` are the author's, shortened to 200 characters.
    """

    about: str
    words: str
    line: int
    reason: str = ""


@dataclass(slots=True, eq=False)
class Thing:
    """An entity to be."""

    name: str
    label: str
    concept: Concept | None = None
    attributes: dict[str, Attribute] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    assumed: bool = False
    given: bool = False
    spelled: bool = False
    junction: bool = False
    person: bool = False

    @property
    def requirements(self) -> list[str]:
        ids = {s.requirement.id: None for s in self.statements if s.requirement is not None}
        return sorted(ids, key=lambda rid: int(rid[1:]))


@dataclass(slots=True, eq=False)
class Link:
    """One parent has many children (or one, when ``single``); the child holds ``column``."""

    parent: str
    child: str
    column: str
    label: str
    required: bool = True
    single: bool = False
    assumed: bool = False


@dataclass(slots=True, eq=False)
class Call:
    """An operation to be. ``act`` is what it does: create, list, get, update, delete, on, off, action, signup …

    ``demanded`` says that a requirement names its ``actor``.
    """

    id: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    summary: str
    act: str
    thing: str
    target: str = ""
    actor: str | None = None
    demanded: bool = False
    request: list[str] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)
    returns: Literal["one", "page", "none"] = "one"
    errors: list[tuple[int, str]] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    failures: list[Statement] = field(default_factory=list)
    assumed: bool = False
    given: bool = False
    verb: str = ""
    plain: bool = False
    words: set[str] = field(default_factory=set)
    assumed_errors: list[tuple[int, str]] = field(default_factory=list)

    @property
    def requirements(self) -> tuple[str, ...]:
        ids = {s.requirement.id for s in [*self.statements, *self.failures] if s.requirement is not None}
        return tuple(sorted(ids, key=lambda rid: int(rid[1:])))

    def operation(self, *, section: str = "", entity: str | None = None) -> Operation:
        return Operation(
            id=self.id,
            method=self.method,
            path=self.path,
            summary=self.summary[:200],
            section=section,
            actor=self.actor,
            entity=entity,
            request=tuple(dict.fromkeys(self.request)),
            filters=tuple(dict.fromkeys(self.filters)),
            returns=self.returns,
            errors=tuple(dict.fromkeys((status, text[:500]) for status, text in (*self.errors, *self.assumed_errors))),
            requirements=self.requirements,
            assumed=self.assumed,
        )


@dataclass(slots=True)
class Sketch:
    brief: Brief
    phrases: Phrases
    statements: list[Statement]
    assume: Assume = "usual"
    given: Given = field(default_factory=Given)
    requirements: list[Requirement] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    closed: bool = False
    routes_given: bool = False
    aliases: dict[str, str] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    account: str = ""
    links: list[Link] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    scenarios: list[Scenario] = field(default_factory=list)
    assumptions: list[tuple[str, str]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    def thing(self, name: str) -> Thing | None:
        return self.things.get(self.aliases.get(name, name))

    def alias(self, name: str, called: str) -> None:
        """One more name for a thing; whatever was called by that name so far is called so now."""
        self.aliases[name] = called
        for other, known in self.aliases.items():
            if known == name:
                self.aliases[other] = called

    def place(self, thing: Thing) -> bool:
        """Take a thing in, unless one of that name in other letters is there: ``Orderline`` beside ``OrderLine``."""
        alike = next((name for name in self.things if name.lower() == thing.name.lower()), None)
        if alike is not None:
            if alike != thing.name:
                self.alias(thing.name, alike)
            return False
        self.things[thing.name] = thing
        return True

    def label(self, name: str) -> str:
        thing = self.thing(name)
        return thing.label if thing is not None else name

    def assuming(self, text: str, about: str) -> None:
        if (text, about) not in self.assumptions:
            self.assumptions.append((text, about))

    def because(self, about: str, statement: Statement | None, reason: str = "") -> None:
        if statement is not None:
            self.evidence.append(Evidence(about, statement.text[:200], statement.line.number, reason))
        else:
            self.evidence.append(Evidence(about, "", 0, reason))

    def cite(self, about: str, words: str, line: int, reason: str = "") -> None:
        self.evidence.append(Evidence(about, words[:200], line, reason))

    def linked(self, one: str, other: str) -> Link | None:
        one, other = self.aliases.get(one, one), self.aliases.get(other, other)
        return next((link for link in self.links if {link.parent, link.child} == {one, other}), None)

    def columns(self, child: str) -> list[Link]:
        return [link for link in self.links if link.child == child]

    def operations(self) -> tuple[Operation, ...]:
        return tuple(self.operation(call) for call in self.calls)

    def operation(self, call: Call) -> Operation:
        return call.operation(
            section=self.label(call.target or call.thing), entity=call.thing if call.thing in self.things else None
        )
