"""Change sets as they are kept: which operations made one revision of a blueprint of another, by whom and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from designchord.designs import shapes
from designchord.designs.models import ChangeOrigin, ChangeSet, Design
from designchord.designs.services.events import Entry, twice
from designchord.designs.services.storage import storage_add


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChange:
    """A change that is stored with the revision that it leads to; operations are JSON-ready."""

    origin: ChangeOrigin
    who: str
    why: str = ""
    operations: Sequence[dict[str, Any]]
    inverse: Sequence[dict[str, Any]]
    undoes: int | None = None


def change_append(design: Design, new: NewChange, *, base: int, result: int) -> Entry:
    """Keep a change in the caller's transaction, which has locked the design and stored revision ``result``."""
    row = ChangeSet(
        design=design,
        origin=new.origin,
        who=new.who,
        why=new.why,
        operations=list(new.operations),
        inverse=list(new.inverse),
        base=base,
        result=result,
        undoes=new.undoes,
        created_at=timezone.now(),
    )
    row.save(force_insert=True)
    storage_add(design_id=design.pk, texts=[json.dumps([row.operations, row.inverse], ensure_ascii=False)])
    return ("change", *twice(shapes.change_head(row)))
