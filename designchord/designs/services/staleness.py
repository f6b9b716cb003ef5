"""Which parts are out of date, by the revisions of a design's blueprint."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint
from designchord.designs.models import Part, Revision
from designchord.designs.statements import ask, written
from designchord.kinds import registry
from designchord.kinds.base import Part as KindPart
from designchord.kinds.staleness import changes

_CURRENT = written("SELECT current FROM {parts} WHERE design_id = %s AND kind = 'blueprint'")


class Blueprints:
    """The blueprint's revisions of one design, in a transaction that has locked it."""

    def __init__(self, design_id: UUID) -> None:
        self._design_id = design_id
        self._read = cache(self._load)
        self.current: int = ask(_CURRENT, design_id)[0][0]

    def stale(self, part: Part, made_from: int) -> list[dict[str, str]] | None:
        """What the blueprint says otherwise now of what a part is about, since its revision ``made_from``."""
        kind = registry.KINDS.get(part.kind)
        if made_from == self.current or kind is None:
            return None
        place = KindPart(part.key, part.title)
        found = changes(kind, place, before=self._read(made_from), after=self._read(self.current))
        return [change.to_dict() for change in found] or None

    def _load(self, number: int) -> Blueprint:
        sources: Any = Revision.objects.filter(part__design_id=self._design_id, part__kind="blueprint", number=number)
        return answering.load(sources.values_list("source", flat=True).get())
