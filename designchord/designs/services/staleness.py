"""Which parts are out of date, by the revisions of a design's blueprint."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint
from designchord.designs.models import Part, Revision
from designchord.kinds import registry
from designchord.kinds.base import Part as KindPart
from designchord.kinds.staleness import changes


class Blueprints:
    """The revisions of one design's blueprint up to the ``newest``, in a transaction that has locked the design."""

    def __init__(self, design_id: UUID, newest: int) -> None:
        self._design_id = design_id
        self._newest = newest
        self._read = cache(self._load)

    def stale(self, part: Part, made_from: int) -> list[dict[str, str]] | None:
        """What the blueprint says otherwise now of what a part is about, since its revision ``made_from``."""
        kind = registry.KINDS.get(part.kind)
        if made_from == self._newest or kind is None:
            return None
        place = KindPart(part.key, part.title)
        found = changes(kind, place, before=self._read(made_from), after=self._read(self._newest))
        return [change.to_dict() for change in found] or None

    def _load(self, number: int) -> Blueprint:
        sources: Any = Revision.objects.filter(part__design_id=self._design_id, part__kind="blueprint", number=number)
        return answering.load(sources.values_list("source", flat=True).get())
