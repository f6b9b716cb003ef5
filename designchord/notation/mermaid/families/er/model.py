"""What an ER diagram says, as plain values. Lines count from 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from designchord.notation.mermaid.text import plain

End = Literal["ONLY_ONE", "ZERO_OR_ONE", "ONE_OR_MORE", "ZERO_OR_MORE", "MD_PARENT"]


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


def read(model: dict[str, Any]) -> EntityRelations:
    entities = tuple(
        Entity(
            plain(e["name"]),
            plain(e["label"]),
            tuple(
                Attribute(plain(a["name"]), plain(a["type"]), tuple(a["keys"]), plain(a["comment"]), a["line"])
                for a in e["attributes"]
            ),
            e["line"],
            tuple(e["blocks"]),
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
    return EntityRelations(entities, relationships)
