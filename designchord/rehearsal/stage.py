"""The stage of a rehearsal: a design's API, its tables and its stories, read once for all who play on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from designchord.blueprint.model import Blueprint
from designchord.kinds.registry import KINDS
from designchord.notation import arazzo, openapi
from designchord.notation.facts import Facts
from designchord.notation.sql.model import Schema
from designchord.rehearsal.acting import Acting
from designchord.rehearsal.described import Description
from designchord.rehearsal.stories import Telling, Told, tell
from designchord.rehearsal.tables import tables_of

#: From the folder of stories.
API_FILE: Final = "../openapi.json"
MOST_SOURCE: Final = 1_000_000

Sources = Mapping[tuple[str, str], str]


@dataclass(slots=True)
class Stage:
    """All that a rehearsal stands on: made once, for playing, for the mock and for writing the stories out."""

    blueprint: Blueprint
    document: dict[str, Any]
    schema: Schema
    #: The kind of its diagram of entities, where there is one that cannot be read.
    undrawn: str = ""
    telling: Telling = field(default_factory=Telling)
    told: tuple[Told, ...] = ()
    description: Description = field(init=False)
    acting: Acting = field(init=False)

    def __post_init__(self) -> None:
        self.description = Description(self.document)
        self.acting = Acting(self.description, self.schema, self.blueprint)
        self.told = tell(self.blueprint, self.acting, self.telling)

    def documents(self) -> dict[str, dict[str, Any]]:
        """The Arazzo documents of the stories by file name; stories of which nothing can be played have none."""
        return {
            f"stories/{one.story.id}.arazzo.yaml": arazzo.document(one.story, API_FILE)
            for one in self.told
            if one.story.workflows
        }


def api_of(sources: Sources) -> tuple[str, dict[str, Any]] | None:
    """The kind and the document of a design's API, where it can be read."""
    for (kind, _), source in sources.items():
        if kind in KINDS and KINDS[kind].about.notation == "openapi" and len(source) <= MOST_SOURCE:
            value = openapi.read(source).value
            if (
                isinstance(value, dict)
                and isinstance(value.get("paths"), dict)
                and str(value.get("openapi", ""))[:1] == "3"
            ):
                return kind, value
    return None


def drawn_of(sources: Sources) -> Facts | None:
    """What the design's ER diagram says; None where there is none, or none that can be read."""
    kind, source = _diagram(sources)
    return KINDS[kind].facts(source) if kind else None


def _diagram(sources: Sources) -> tuple[str, str]:
    """The kind and the source of the diagram of entities."""
    for (kind, _), source in sources.items():
        if kind in KINDS and "relations" in KINDS[kind].about.provides and source.strip():
            return kind, source
    return "", ""


def stage_of(sources: Sources, blueprint: Blueprint, telling: Telling | None = None) -> Stage | None:
    """The stage of a design; None where its API cannot be read."""
    api = api_of(sources)
    if api is None:
        return None
    drawn = drawn_of(sources)
    undrawn = _diagram(sources)[0] if drawn is None else ""
    return Stage(blueprint, api[1], tables_of(blueprint, drawn), undrawn, telling or Telling())
