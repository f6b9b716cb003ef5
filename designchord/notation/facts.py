"""What code can know of an artifact, in one shape for all notations, so that rules compare like with like."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Cardinality = Literal["one_to_one", "one_to_many", "many_to_one", "many_to_many"]


@dataclass(frozen=True, slots=True)
class AttributeFact:
    """``type`` is one of the blueprint's, or as written. ``references`` names what a foreign key points to, ``values``
    are those of an enum. ``file`` tells where ``line`` is, for what was read from several files.
    """

    name: str
    type: str
    primary: bool = False
    foreign: bool = False
    required: bool = False
    line: int | None = None
    references: str = ""
    unique: bool = False
    values: tuple[str, ...] = ()
    label: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class EntityFact:
    """An entity of an ERD, a table of a database or a schema of an API."""

    name: str
    attributes: tuple[AttributeFact, ...] = ()
    line: int | None = None
    label: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class RelationFact:
    source: str
    target: str
    cardinality: Cardinality
    label: str = ""
    line: int | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class OperationFact:
    """One operation of an API. ``path`` is a template: ``/loans/{loan_id}``; ``responses`` are statuses as written."""

    operation_id: str
    method: str
    path: str
    requirements: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    line: int | None = None
    responses: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class CallFact:
    """A call named in a sequence diagram's message: ``POST /loans``. ``target`` is the participant that is called, and
    ``refusals`` are the statuses from 400 on with which its replies begin, each with its line.
    """

    method: str
    path: str
    line: int | None = None
    target: str = ""
    refusals: tuple[tuple[int, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known of one artifact; fields that do not apply to its notation stay empty."""

    entities: tuple[EntityFact, ...] = ()
    relations: tuple[RelationFact, ...] = ()
    operations: tuple[OperationFact, ...] = ()
    schemas: tuple[EntityFact, ...] = ()
    participants: tuple[str, ...] = ()
    calls: tuple[CallFact, ...] = ()
    requirements: frozenset[str] = field(default_factory=frozenset)
