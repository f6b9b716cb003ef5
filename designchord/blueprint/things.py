"""The things that a blueprint names, each with what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from designchord.blueprint.model import Blueprint

#: ``(what, id)``: ``("entity", "Member")``. A relation is known by its sides, what is there once has no id.
Thing = tuple[str, str]

_ONCE: Final = ("title", "summary", "language", "questions")


def things(blueprint: Blueprint, *what: str, without: Mapping[str, Any] | None = None) -> dict[Thing, dict[str, Any]]:
    """The things of the sorts named ``what``, in the blueprint's order; all without names.

    ``without`` leaves fields out, as pydantic's ``exclude`` has it: ``{"operation": {"requirements"}}``.
    """
    left_out = without or {}
    found: dict[Thing, dict[str, Any]] = {
        (name, ""): {name: getattr(blueprint, name)} for name in _ONCE if not what or name in what
    }
    for name, listed, key in _LISTS:
        if not what or name in what:
            for each in getattr(blueprint, listed):
                identity = ".".join(str(getattr(each, field)) for field in key)
                found.setdefault((name, identity), _said(each, left_out.get(name)))
    return found


def _said(thing: BaseModel, without: Any) -> dict[str, Any]:
    """What is said of a thing; what is left unsaid and what has its usual value are the same."""
    return thing.model_dump(exclude=without, exclude_defaults=True)


#: The sorts, the lists that hold them, and the fields by which one is known.
_LISTS: Final = (
    ("actor", "actors", ("id",)),
    ("requirement", "requirements", ("id",)),
    ("former", "former", ("id",)),
    ("entity", "entities", ("name",)),
    ("relation", "relations", ("source", "target")),
    ("operation", "operations", ("id",)),
    ("scenario", "scenarios", ("id",)),
    ("assumption", "assumptions", ("id",)),
)
