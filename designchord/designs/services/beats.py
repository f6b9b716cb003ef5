"""The one row that says when somebody last looked after all designs, and what is due when nobody did for a while.

The machine slept, the clock was set, the database was away, or nothing ran: rows hold times of the wall clock, and all
of them are late at once. Whoever notices makes up for it, one process alone however many notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone

from designchord.designs.models import UNDER_WAY, Beat, Design, Step, StepState

_ROW = 1


@dataclass(frozen=True, slots=True)
class Round:
    """One look at all designs: what is late is late at ``at``, whatever the clock says a moment later.

    ``missed`` are the seconds that this round made up for (less than none when the clock was set back), ``moved`` how
    many designs were given them.
    """

    at: datetime
    patient: bool
    missed: float = 0.0
    moved: int = 0


def beat(*, every: float, lease: float, design_deadline: float) -> Round:
    """Note that somebody looks after all designs, as somebody does every ``every`` seconds.

    When half a lease more than that has passed since the last time, nobody was there: deadlines move by it, and for as
    long as a ``lease`` (seconds) whoever slept as well has time to renew what it holds.
    """
    now = timezone.now()
    row, first = Beat.objects.get_or_create(pk=_ROW, defaults={"at": now})
    since = 0.0 if first else (now - row.at).total_seconds()
    if -lease / 2 < since < every + lease / 2:
        if now > row.at:
            Beat.objects.filter(pk=_ROW, at=row.at).update(at=now)
        return Round(at=now, patient=_patient(row, now, lease))
    with transaction.atomic():
        until = now + timedelta(seconds=lease)
        if not Beat.objects.filter(pk=_ROW, at=row.at).update(at=now, patient_until=until):
            return Round(at=now, patient=True)  # somebody else makes up for it at this moment
        missed = since - every if since > 0 else since
        moved = _move_deadlines(now, missed, design_deadline)
        Step.objects.filter(state=StepState.RUNNING, lease_until__gt=until).update(lease_until=until)
    return Round(at=now, patient=True, missed=missed, moved=moved)


def _patient(row: Beat, now: datetime, lease: float) -> bool:
    return row.patient_until is not None and now < row.patient_until <= now + timedelta(seconds=lease)


def _move_deadlines(now: datetime, seconds: float, at_most: float) -> int:
    """By time that did not pass for the designs under way, to ``at_most`` seconds from now; how many there are. When
    the clock was set back (less than none), the latter alone: where two machines disagree, that ends no design."""
    under_way = Design.objects.filter(state__in=UNDER_WAY)
    later = F("deadline_at") + timedelta(seconds=max(0.0, seconds))
    under_way.update(deadline_at=Least(later, now + timedelta(seconds=at_most)))
    return under_way.count()
