"""What the kind ``erd`` is called, written in, and checked for."""

from __future__ import annotations

from typing import Final

from designchord.kinds.about import About

ABOUT: Final = About(
    name="erd",
    labels={"en": "ERD", "ko": "ERD"},
    noun="ER diagram",
    notation="mermaid",
    file="erd.mmd",
    family="er",
    provides=frozenset({"entities", "relations"}),
    covers="functional",
    problems={
        "erd.not_found": "A model's answer holds no ER diagram.",
        "erd.wrong_type": "It is a diagram of another family.",
        "erd.no_attributes": "An entity has no attributes.",
        "erd.no_primary_key": "An entity has no primary key.",
        "erd.foreign_key_without_relation": "An entity has a foreign key and no relation at all.",
    },
)
