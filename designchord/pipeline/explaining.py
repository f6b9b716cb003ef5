"""Why a design's blueprint holds what it holds: by the rules that made it, or by the text that it is held against."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from designchord.blueprint import answering
from designchord.designs import selectors
from designchord.designs.models import Origin, Owner
from designchord.drafter.grounds import find_grounds, find_grounds_of_answer
from designchord.pipeline.drafting import assumed, brief_of

_DRAFTED = {Origin.OFFLINE, Origin.SKELETON}
_BY_HAND = {Origin.EDITED, Origin.RESTORED}


def explanation(*, owner: Owner, design_id: UUID | str) -> dict[str, Any]:
    """``{items, reason}``: the grounds of the current blueprint; none, with the reason, where a person gave it.

    What a person took out of a blueprint is not told of, what a person added has no ground in it.
    """
    design, part, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
    origins = selectors.origins(part=part, until=current.number)
    made = next((origin for origin in reversed(origins) if origin not in _BY_HAND), None)
    if made is None:
        message = "A person gave this blueprint. There are no rules to tell of."
        return {"items": [], "reason": {"code": "not_drafted", "message": message}}
    brief, blueprint = brief_of(design), answering.load(current.source)
    if made in _DRAFTED:
        grounds = find_grounds(brief, blueprint, assume=assumed(design))
    else:
        grounds = find_grounds_of_answer(brief, blueprint)
    return {"items": [ground.to_dict() for ground in grounds], "reason": None}
