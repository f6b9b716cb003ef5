"""What one input says, whatever it is written in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from designchord.blueprint.model import Blueprint
from designchord.notation.facts import Facts
from designchord.notation.mermaid import Sequence as SequenceDiagram
from designchord.notation.openapi.describing import Described
from designchord.notation.problems import Problem

Notation = Literal["openapi", "sql", "database", "rails", "dbml", "er", "sequence", "blueprint"]

#: What says how things are kept.
STORED: Final = frozenset({"sql", "database", "rails", "dbml", "er"})


@dataclass(frozen=True, slots=True)
class Remark:
    """What was not understood, or is to be known of an input."""

    name: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Reading:
    """``name`` is a file's, or what a database is called, without anything secret.

    Facts without a file of their own stand in that of the reading. ``dialect`` is that of a database.
    """

    name: str
    notation: Notation
    facts: Facts
    title: str = ""
    described: tuple[Described, ...] = ()
    diagram: SequenceDiagram | None = None
    blueprint: Blueprint | None = None
    dialect: str = ""
    places: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
