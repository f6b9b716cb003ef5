"""What an ER diagram says, as plain values. Lines count from 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from designchord.notation.mermaid.text import plain

End = Literal["ONLY_ONE", "ZERO_OR_ONE", "ONE_OR_MORE", "ZERO_OR_MORE", "MD_PARENT"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """``keys`` are ``PK``, ``FK``, ``UK``. ``end`` is the line on which its last word stands."""

    name: str
    type: str
    keys: tuple[str, ...]
    comment: str
    line: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Entity:
    """``blocks`` are first and last lines of its lists of attributes; empty when it is only mentioned."""

    name: str
    label: str
    attributes: tuple[Attribute, ...]
    line: int | None
    blocks: tuple[tuple[int | None, int | None], ...] = ()


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
class Statement:
    """A statement about entities. A bare one is a name and nothing else; a relation has no name."""

    name: str | None
    line: int | None
    end: int | None
    bare: bool


@dataclass(frozen=True, slots=True)
class EntityRelations:
    entities: tuple[Entity, ...]
    relationships: tuple[Relationship, ...]
    statements: tuple[Statement, ...] = ()


def read(model: dict[str, Any]) -> EntityRelations:
    entities = tuple(
        Entity(
            plain(e["name"]),
            plain(e["label"]),
            tuple(
                Attribute(plain(a["name"]), plain(a["type"]), tuple(a["keys"]), plain(a["comment"]), *_lines(a))
                for a in e["attributes"]
            ),
            e["line"],
            tuple((first, last) for first, last in e["blocks"]),
        )
        for e in model["entities"]
    )
    relationships = tuple(
        Relationship(
            plain(r["source"]),
            plain(r["target"]),
            plain(r["label"]),
            r["source_end"],
            r["target_end"],
            r["identifying"],
            r["line"],
        )
        for r in model["relationships"]
    )
    statements = tuple(
        Statement(one["name"] and plain(one["name"]), *_lines(one), bare=one["bare"]) for one in model["statements"]
    )
    return EntityRelations(entities, relationships, statements)


def _lines(told: dict[str, Any]) -> tuple[int | None, int | None]:
    return told["line"], told["end"]
