"""How much an owner keeps here: ideas, and what people edited. What models wrote is bounded by what may be spent."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Sum

from designchord.designs.models import Owner, Storage
from designchord.errors import Conflict


def storage_used(*, owner: Owner) -> int:
    """Bytes, those of deleted designs included until they are purged."""
    return Storage.objects.filter(owner=owner).aggregate(total=Sum("bytes"))["total"] or 0


def storage_check(*, owner: Owner, at_most: int | None) -> None:
    """Raise ``Conflict`` when an owner keeps as much as is allowed; ``at_most`` in bytes, None for no limit."""
    if at_most is None:
        return
    used = storage_used(owner=owner)
    if used >= at_most:
        raise Conflict(
            f"{used / 1e6:,.0f} MB of your ideas and edits are kept here, and {at_most / 1e6:,.0f} MB are allowed. "
            "Delete designs that you do not need; they count for another day, until they are gone for good.",
            code="storage_full",
            used_bytes=used,
            allowed_bytes=at_most,
        )


def storage_add(*, owner: Owner, design_id: UUID, text: str) -> None:
    """Count what was stored of a design."""
    size = len(text.encode("utf-8", "replace"))
    kept = Storage.objects.filter(design_id=design_id)
    if not kept.update(bytes=F("bytes") + size):
        Storage.objects.bulk_create([Storage(design_id=design_id, owner=owner, bytes=0)], ignore_conflicts=True)
        kept.update(bytes=F("bytes") + size)
