"""Sums over everybody's designs, for operators: how many, how old, how costly. They never tell what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from designchord.designs.models import Call, CallState, Design, PastCalls, Step, StepState

#: Upper bounds of the classes into which calls' latencies are counted, in seconds.
LATENCIES = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)


@dataclass(frozen=True, slots=True)
class CallFigures:
    """Calls to one model that ended in one way (``answered`` or an error's code).

    ``latencies`` counts those within each bound of ``LATENCIES``; ``seconds`` is the sum.
    """

    model: str
    outcome: str
    count: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_usd: float
    seconds: float
    latencies: tuple[int, ...]


def designs_by_state() -> dict[str, int]:
    return dict(Design.objects.values_list("state").annotate(Count("pk")).order_by())


def steps_by_state() -> dict[tuple[str, str], int]:
    """By kind and state."""
    rows = Step.objects.values_list("part__kind", "state").annotate(Count("pk")).order_by()
    return {(kind or "report", state): count for kind, state, count in rows}


def steps_retaken() -> int:
    """How often a step was taken up again within one run, because whoever had it died or was suspended."""
    rows = Step.objects.filter(attempt__gt=1).aggregate(total=Sum("attempt"), steps=Count("pk"))
    return int(rows["total"] or 0) - int(rows["steps"])


def queue_age() -> float:
    """Seconds that the step which waits longest has been ready for; 0 when none waits."""
    oldest = Step.objects.filter(state=StepState.READY).aggregate(oldest=Min("ready_at"))["oldest"]
    return max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0


def calls_under_way() -> int:
    return Call.objects.filter(state=CallState.OPEN).count()


def calls_by_outcome(of_designs: Q | None = None) -> list[CallFigures]:
    """Calls that have ended, of all designs or of some; a call that counts as a failure may have led to a retry."""
    within: dict[str, Any] = {f"within_{i}": Count("pk", filter=Q(latency__lte=n)) for i, n in enumerate(LATENCIES)}
    ended = Call.objects.exclude(state=CallState.OPEN)
    if of_designs is not None:
        ended = ended.filter(design__in=Design.objects.filter(of_designs))
    rows: Any = (
        ended.values("model", "state", "error_code")
        .annotate(
            count=Count("pk"),
            input=Sum("input_tokens"),
            cached=Sum("cached_tokens"),
            output=Sum("output_tokens"),
            cost=Sum("cost_usd"),
            seconds=Sum("latency"),
            **within,
        )
        .order_by()
    )
    return [
        CallFigures(
            model=row["model"],
            outcome=row["error_code"] or row["state"],
            count=row["count"],
            input_tokens=row["input"] or 0,
            cached_tokens=row["cached"] or 0,
            output_tokens=row["output"] or 0,
            cost_usd=row["cost"] or 0.0,
            seconds=row["seconds"] or 0.0,
            latencies=tuple(row[f"within_{i}"] for i in range(len(LATENCIES))),
        )
        for row in rows
    ]


def calls_ever() -> list[CallFigures]:
    """All calls that have ended, those of designs that are gone included: these figures never go down."""
    found = {(row.model, row.outcome): row for row in calls_by_outcome()}
    for past in PastCalls.objects.all():
        now = found.get((past.model, past.outcome))
        found[past.model, past.outcome] = CallFigures(
            model=past.model,
            outcome=past.outcome,
            count=past.count + (now.count if now else 0),
            input_tokens=past.input_tokens + (now.input_tokens if now else 0),
            cached_tokens=past.cached_tokens + (now.cached_tokens if now else 0),
            output_tokens=past.output_tokens + (now.output_tokens if now else 0),
            cost_usd=past.cost_usd + (now.cost_usd if now else 0.0),
            seconds=past.seconds + (now.seconds if now else 0.0),
            latencies=tuple(a + b for a, b in zip(past.within, now.latencies if now else [0] * 99, strict=False)),
        )
    return list(found.values())
