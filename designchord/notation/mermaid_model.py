"""What a sequence or ER diagram says, as plain values. Lines count from 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from designchord.notation.problems import Problem, has_errors

End = Literal["ONLY_ONE", "ZERO_OR_ONE", "ONE_OR_MORE", "ZERO_OR_MORE", "MD_PARENT"]


@dataclass(frozen=True, slots=True)
class Participant:
    """``declared`` are the lines of its ``participant`` or ``actor`` statements; empty when it is only mentioned."""

    name: str
    label: str
    type: str
    line: int | None
    declared: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """``arrow`` is Mermaid's name of the line type: ``SOLID``, ``DOTTED``, ``SOLID_OPEN`` …"""

    source: str
    target: str
    text: str
    arrow: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Signal:
    """Anything else in the order of the diagram: ``NOTE``, ``ALT_START``, ``ACTIVE_END``, ``AUTONUMBER`` …"""

    type: str
    text: str
    source: str | None
    target: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Sequence:
    participants: tuple[Participant, ...]
    messages: tuple[Message, ...]
    signals: tuple[Signal, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """``keys`` are ``PK``, ``FK``, ``UK``."""

    name: str
    type: str
    keys: tuple[str, ...]
    comment: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Entity:
    """``blocks`` are the lines where its attributes are listed; empty when it is only mentioned."""

    name: str
    label: str
    attributes: tuple[Attribute, ...]
    line: int | None
    blocks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Relationship:
    """``source_end`` is how many of the source belong to one target, ``target_end`` the other way round."""

    source: str
    target: str
    label: str
    source_end: End
    target_end: End
    identifying: bool
    line: int | None


@dataclass(frozen=True, slots=True)
class EntityRelations:
    entities: tuple[Entity, ...]
    relationships: tuple[Relationship, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """What a text says. ``type`` is what its header announces; one model is there when the text could be read."""

    type: Literal["sequence", "er"] | None
    sequence: Sequence | None = None
    er: EntityRelations | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        return not has_errors(self.problems)
