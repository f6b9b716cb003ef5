"""How fast somebody may ask for something: so many a minute, evenly refilled, over all processes.

One row a key and one conditional update a request, so that requests at the same moment never get more between them.
"""

from __future__ import annotations

import hashlib
import time

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Greatest

from designchord.designs.models import Pace
from designchord.errors import QuotaExceeded

#: What was not asked for can be made up for within so many seconds.
WINDOW = 60.0

_TRIES = 4


def rate_limit_take(*, what: str, who: str, per_minute: int | None) -> None:
    """Count one request, or raise ``QuotaExceeded`` with the seconds until the next is allowed. None: no limit."""
    if per_minute is None:
        return
    key = _key(what, who)
    step, now = WINDOW / per_minute, time.time()
    latest = now + WINDOW - step
    # Nothing is spent for longer than the window, unless the clock was set back since.
    of_another_clock = Q(free_at__gt=now + WINDOW + 1)
    allowed = Pace.objects.filter(Q(free_at__lte=latest) | of_another_clock, pk=key)
    spent = Case(When(of_another_clock, then=Value(now)), default=Greatest(F("free_at"), now)) + step
    for _ in range(_TRIES):
        if allowed.update(free_at=spent):
            return
        free_at = Pace.objects.values_list("free_at", flat=True).filter(pk=key).first()
        if free_at is not None and latest < free_at <= now + WINDOW + 1:
            break
        # Whoever tidies up may take a row away again before it is counted in.
        Pace.objects.bulk_create([Pace(key=key, free_at=0.0)], ignore_conflicts=True)
    raise QuotaExceeded(
        f"That is more than {per_minute} a minute. Try again a little later.",
        code="too_fast",
        retry_after=max(1.0, (free_at or now) - latest),
    )


def taken_once(*, what: str, who: str, until: float) -> bool:
    """Whether this is the first time before ``until`` (Unix seconds); that it was is forgotten then."""
    _, first = Pace.objects.get_or_create(key=_key(what, who), defaults={"free_at": until})
    return first


def rate_limits_forget() -> int:
    """Delete what counts for nothing any more."""
    return Pace.objects.filter(free_at__lt=time.time()).delete()[0]


def _key(what: str, who: str) -> str:
    return f"{what}:{hashlib.sha256(who.encode('utf-8', 'replace')).hexdigest()[:32]}"
