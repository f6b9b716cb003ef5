"""How much of an owner may be under way at the same time."""

from __future__ import annotations

from designchord.designs.models import TERMINAL, UNSETTLED, Design, Owner, Step
from designchord.errors import QuotaExceeded


def owner_lock(owner_id: int) -> None:
    """Let one of an owner's requests at a time look what there is, to the end of its transaction.

    Without it two with one key would both store their design. One would be refused, and PostgreSQL writes a refused
    statement into its log, somebody's idea and all. SQLite has one writer anyway.
    """
    Owner.objects.select_for_update(no_key=True).get(pk=owner_id)


def refuse_crowd(*, owner_id: int, at_most: int | None) -> None:
    """Raise ``QuotaExceeded`` when so many designs of an owner, who is locked, are under way; a request for a change
    that a model reads counts as one."""
    if at_most is None:
        return
    under_way = Design.objects.filter(owner_id=owner_id).exclude(state__in=TERMINAL).count()
    asked = Step.objects.filter(request__isnull=False, design__owner_id=owner_id, state__in=UNSETTLED).count()
    if under_way + asked >= at_most:
        raise QuotaExceeded(
            f"{at_most} designs are under way: wait until one has ended.", code="designs_in_flight", retry_after=10
        )
