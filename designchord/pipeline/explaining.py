"""Why a design's blueprint holds what it holds, as far as rules made it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from designchord.blueprint import answering
from designchord.designs import selectors
from designchord.designs.models import Origin, Owner
from designchord.drafter.grounds import find_grounds
from designchord.pipeline.drafting import assumed, brief_of

_DRAFTED = {Origin.OFFLINE, Origin.SKELETON}
_BY_HAND = {Origin.EDITED, Origin.RESTORED}


def explanation(*, owner: Owner, design_id: UUID | str) -> dict[str, Any]:
    """``{items, reason}``: the grounds of the current blueprint; none, with the reason, where a model wrote it.

    What a person took out of a drafted blueprint is not told of, what a person added has no ground in it.
    """
    design, part, current = selectors.artifact_get(owner=owner, design_id=design_id, kind="blueprint")
    origins = selectors.origins(part=part, until=current.number)
    made = next((origin for origin in reversed(origins) if origin not in _BY_HAND), None)
    if made not in _DRAFTED:
        message = "A person gave this blueprint." if made is None else "A model wrote this blueprint, not rules."
        return {"items": [], "reason": {"code": "not_drafted", "message": f"{message} There are no rules to tell of."}}
    grounds = find_grounds(brief_of(design), answering.load(current.source), assume=assumed(design))
    return {"items": [ground.to_dict() for ground in grounds], "reason": None}
