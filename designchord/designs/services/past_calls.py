"""Remembering in sums what the ledger held, in the transaction that deletes it."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q

from designchord.designs import figures
from designchord.designs.models import PastCalls


def calls_remember(gone: Q) -> None:
    """Add calls that are about to be deleted, those of designs that ``gone`` selects, to the past ones."""
    for row in figures.calls_by_outcome(gone):
        sums: dict[str, Any] = {
            name: getattr(row, name)
            for name in ("count", "input_tokens", "cached_tokens", "output_tokens", "cost_usd", "seconds")
        }
        PastCalls.objects.bulk_create([PastCalls(model=row.model, outcome=row.outcome)], ignore_conflicts=True)
        past = PastCalls.objects.select_for_update().get(model=row.model, outcome=row.outcome)
        within = [a + b for a, b in zip(past.within or [0] * len(row.latencies), row.latencies, strict=True)]
        changes = {name: F(name) + value for name, value in sums.items()}
        PastCalls.objects.filter(pk=past.pk).update(**changes, within=within)
