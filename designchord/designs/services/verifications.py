"""Verifications as they are kept: what was found when something built was held against a design."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from designchord.designs import shapes
from designchord.designs.models import Verification
from designchord.designs.services.events import design_lock, events_append, twice
from designchord.designs.services.storage import storage_add, storage_free
from designchord.errors import NotFound
from designchord.events.base import Event

#: Verifications that are kept of a design; older ones are forgotten, and their bytes given back.
MOST_KEPT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVerification:
    """What was reported. Lists are JSON-ready; ``blueprint`` is the number of a revision, None for none of these."""

    who: str = ""
    revision: str = ""
    blueprint: int | None = None
    compared: dict[str, int] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)
    things: list[dict[str, Any]] = field(default_factory=list)
    not_read: int = 0
    left_out: int = 0

    def told(self) -> str:
        """All that makes it another than the one before."""
        lists = [self.compared, self.findings, self.accepted, self.things]
        return json.dumps([self.revision, self.blueprint, self.not_read, self.left_out, *lists], sort_keys=True)


def verification_add(*, design_id: UUID, new: NewVerification) -> tuple[Verification, list[Event]]:
    """Keep a verification. One that was reported already gives that one and nothing new: the last, or any of the same
    version of what was built. Where there is no version, the same result after another is news."""
    told = new.told()
    digest = sha256(told.encode()).hexdigest()
    with transaction.atomic():
        design = design_lock(design_id=design_id, events=1)
        if design is None:
            raise NotFound
        rows = Verification.objects.filter(design=design)
        last = rows.order_by("-number").first()
        known = last if last is not None and last.digest == digest else None
        if known is None and new.revision:
            known = rows.filter(revision=new.revision, digest=digest).order_by("-number").first()
        if known is not None:
            return known, events_append(design=design, entries=[])
        row = Verification(
            design=design,
            number=last.number + 1 if last else 1,
            digest=digest,
            who=new.who,
            revision=new.revision,
            blueprint=new.blueprint,
            compared=new.compared,
            counts=_counts(new),
            findings=new.findings,
            accepted=new.accepted,
            things=new.things,
            not_read=new.not_read,
            left_out=new.left_out,
            size=len(told.encode()),
            created_at=timezone.now(),
        )
        row.save(force_insert=True)
        storage_add(design_id=design.pk, texts=[told])
        _forget(design.pk, rows.filter(number__lte=row.number - MOST_KEPT))
        design.verified = row.number
        entries = [("verification", *twice(shapes.verification_head(row)))]
        return row, events_append(design=design, entries=entries, changed=["verified"])  # type: ignore[arg-type]


def _counts(new: NewVerification) -> dict[str, int]:
    standing = Counter(one["standing"] for one in new.things)
    severity = Counter(one["severity"] for one in new.findings)
    return {
        **{name: severity[name] for name in ("error", "warning", "info")},
        **{name: standing[name] for name in ("exists", "differs", "missing", "unchecked")},
        "accepted": len(new.accepted),
    }


def _forget(design_id: UUID, old: Any) -> None:
    size = sum(old.values_list("size", flat=True))
    if size:
        old.delete()
        storage_free(design_id=design_id, size=size)
