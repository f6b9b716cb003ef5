"""How much an owner keeps here: ideas, what people edited, and what rules made of them. What models wrote is bounded by
what may be spent.

Counted is what was written; old revisions are kept compressed (``designs.folding``), so the database holds less.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Sum

from designchord.designs.models import Owner, Storage
from designchord.designs.statements import change, written
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


_ADD = written("""
    INSERT INTO {storage} (design_id, owner_id, bytes)
    VALUES (%s, (SELECT owner_id FROM {designs} WHERE id = %s), %s)
    ON CONFLICT (design_id) DO UPDATE SET bytes = {storage}.bytes + excluded.bytes
""")


def storage_add(*, design_id: UUID, texts: Iterable[str]) -> None:
    """Count what is stored of a design, in the transaction that stores it."""
    size = sum(len(text.encode("utf-8", "replace")) for text in texts)
    if size:
        change(_ADD, design_id, design_id, size)


_FREE = written("UPDATE {storage} SET bytes = bytes - %s WHERE design_id = %s")


def storage_free(*, design_id: UUID, size: int) -> None:
    """Give back what was counted for something that is no longer kept, in the transaction that forgets it."""
    change(_FREE, size, design_id)
