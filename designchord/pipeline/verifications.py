"""Verifications that are reported to a design: which blueprint they speak of, and what they say of each requirement."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from designchord.blueprint import answering
from designchord.designs import selectors, shapes
from designchord.designs.models import Design, Owner, Verification
from designchord.verification.findings import Thing
from designchord.verification.plan import fingerprint
from designchord.verification.standing import built

#: Revisions of the blueprint among which the one is looked for that was verified.
_BACK: Final = 30


def find_blueprint(*, design_id: UUID, wanted: str) -> int | None:
    """The newest revision of a design's blueprint with that fingerprint."""
    found = selectors.blueprints_back(design_id=design_id, at_most=_BACK)
    return next((number for number, source in found if fingerprint(answering.load(source)) == wanted), None)


def history(*, owner: Owner, design_id: UUID | str) -> dict[str, Any]:
    """Every verification that is kept, newest first, with the last one as a whole."""
    design, rows = selectors.verifications_list(owner=owner, design_id=design_id)
    current = _current(design)
    items = [_head(row, current) for row in rows]
    last = whole(owner=owner, design_id=design_id, number=rows[0].number) if rows else None
    return {"items": items, "last": last}


def whole(*, owner: Owner, design_id: UUID | str, number: int) -> dict[str, Any]:
    """A verification with what it found and what it says of each requirement of the blueprint of today."""
    design, row = selectors.verification_get(owner=owner, design_id=design_id, number=number)
    current = _current(design)
    known = {Thing(one["what"], one["id"]): one["standing"] for one in row.things}
    source = selectors.current_source(design_id=design.pk, kind="blueprint", part="")
    rows = built(answering.load(source), known) if source is not None else ()
    requirements = [one.to_dict() for one in rows]
    return {**shapes.verification(row), **_head(row, current), "requirements": requirements}


def _current(design: Design) -> int | None:
    return selectors.current_number(design_id=design.pk, kind="blueprint")


def _head(row: Verification, current: int | None) -> dict[str, Any]:
    """``stale``: the blueprint is another today than the one that was verified."""
    return {**shapes.verification_head(row), "stale": row.blueprint != current}
