"""Sums over everybody's designs, for operators: how many, how old, how costly. They never tell what is in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from designchord.designs.models import Call, CallState, Design, PastCalls, Step, StepState

#: Upper bounds of the classes into which calls' latencies are counted, in seconds.
LATENCIES = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)

#: How many models are told apart, and what the others are called.
MODELS, OTHER = 100, "other"


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
    rows = Step.objects.values_list("part__kind", "state").annotate(Count("pk"), Count("request")).order_by()
    found: dict[tuple[str, str], int] = {}
    for kind, state, count, asked in rows:
        for name, number in ((kind or "report", count - asked), ("request", asked)):
            if number:
                found[name, state] = number
    return found


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
            first=Min("pk"),
            **within,
        )
        .order_by("first")
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


def calls_ever(*, at_most: int = MODELS) -> list[CallFigures]:
    """All calls that have ended, those of designs that are gone included: these figures never go down.

    Users name models, so only so many are told apart, the first that were ever called; the rest are ``OTHER``.
    """
    names: dict[str, str] = {}
    found: dict[tuple[str, str], CallFigures] = {}
    for row in (*_past_calls(), *calls_by_outcome()):
        name = names.setdefault(row.model, row.model if len(names) < at_most else OTHER)
        before = found.get((name, row.outcome))
        found[name, row.outcome] = replace(row, model=name) if before is None else _sum(before, row)
    return list(found.values())


def _past_calls() -> list[CallFigures]:
    return [
        CallFigures(
            model=past.model,
            outcome=past.outcome,
            count=past.count,
            input_tokens=past.input_tokens,
            cached_tokens=past.cached_tokens,
            output_tokens=past.output_tokens,
            cost_usd=past.cost_usd,
            seconds=past.seconds,
            latencies=tuple(past.within or [0] * len(LATENCIES)),
        )
        for past in PastCalls.objects.order_by("pk")
    ]


def _sum(one: CallFigures, other: CallFigures) -> CallFigures:
    """Both together, under the names of the first."""
    return CallFigures(
        model=one.model,
        outcome=one.outcome,
        count=one.count + other.count,
        input_tokens=one.input_tokens + other.input_tokens,
        cached_tokens=one.cached_tokens + other.cached_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        cost_usd=one.cost_usd + other.cost_usd,
        seconds=one.seconds + other.seconds,
        latencies=tuple(a + b for a, b in zip(one.latencies, other.latencies, strict=True)),
    )
