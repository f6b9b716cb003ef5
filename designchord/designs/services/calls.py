"""The ledger of calls to models: written before each call, completed after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from designchord.designs.connections import release_connection
from designchord.designs.models import Call, CallState
from designchord.designs.services.steps import Lease
from designchord.errors import ModelError
from designchord.llm.base import Answer, BrokenAnswer, TokenUsage
from designchord.settings import Limits

#: Price of a call in US dollars: model name, tokens → dollars, or None when nobody knows.
Price = Callable[[str, TokenUsage], float | None]


class DatabaseLedger:
    """The ledger of one step's run, a question at a time (``about``). Implements ``llm.base.Ledger``.

    ``used`` is what the run has used: tokens, US dollars (None while no price is known) and seconds; ``before`` is
    what earlier attempts of the same run had used.
    """

    def __init__(
        self, *, lease: Lease, owner_id: int, run: int, limits: Limits, price: Price, before: dict[str, Any]
    ) -> None:
        self._lease, self._owner_id, self._run, self._digest = lease, owner_id, run, ""
        self._limits, self._price = limits, price
        self.used = before

    def about(self, digest: str) -> DatabaseLedger:
        """The same ledger, for the question of that digest."""
        self._digest = digest
        return self

    def open(self, model: str) -> int:
        self._refuse_overspending()
        call = Call.objects.create(
            owner_id=self._owner_id,
            design_id=self._lease.design,
            step_id=self._lease.step,
            run=self._run,
            digest=self._digest,
            model=model,
            started_at=timezone.now(),
        )
        release_connection()
        return call.pk

    def close(self, call: int, *, answer: Answer | None = None, error: ModelError | None = None) -> None:
        fields: dict[str, object] = {"finished_at": timezone.now()}
        if answer is not None:
            fields |= {
                "state": CallState.ANSWERED,
                "model": answer.model,
                "raw": answer.text,
                "latency": answer.latency,
                "first_token": answer.first_token,
            } | self._counted(answer.model, answer.usage, answer.latency)
        else:
            fields |= {"state": CallState.FAILED, "error_code": error.code if error else "stopped"}
            if isinstance(error, BrokenAnswer):  # it is billed all the same
                model = Call.objects.values_list("model", flat=True).get(pk=call)
                fields |= {"latency": error.latency} | self._counted(model, error.usage, error.latency)
        Call.objects.filter(pk=call, state=CallState.OPEN).update(**fields)

    def _counted(self, model: str, usage: TokenUsage, latency: float | None) -> dict[str, object]:
        counted = {"input_tokens": usage.input, "cached_tokens": usage.cached, "output_tokens": usage.output}
        cost = self._price(model, usage)
        for name, number in (*counted.items(), ("latency", latency or 0.0)):
            self.used[name] += number
        if cost is not None:
            self.used["cost_usd"] = (self.used["cost_usd"] or 0.0) + cost
        return {**counted, "estimated": usage.estimated, "cost_usd": cost}

    def _refuse_overspending(self) -> None:
        limits = self._limits
        mine = Call.objects.filter(design_id=self._lease.design)
        if mine.count() >= limits.calls_per_design:
            raise ModelError("This design has used all the model calls it may make.", code="model_budget")
        if limits.usd_per_design is not None and _spent(mine) >= limits.usd_per_design:
            raise ModelError("This design has spent all it may spend.", code="model_budget")
        if limits.usd_per_day is not None:
            day = Call.objects.filter(owner_id=self._owner_id, started_at__gte=timezone.now() - timedelta(days=1))
            if _spent(day) >= limits.usd_per_day:
                raise ModelError("You have spent all you may spend in a day. Go on tomorrow.", code="model_budget")


def _spent(calls: object) -> float:
    return calls.aggregate(total=Sum("cost_usd"))["total"] or 0.0  # type: ignore[attr-defined]


def answer_saved(*, step_id: int, run: int, digest: str) -> Answer | None:
    """The answer to this very question that was paid for before a crash, if there is one."""
    call = (
        Call.objects.filter(step_id=step_id, run=run, digest=digest, state=CallState.ANSWERED).order_by("-pk").first()
    )
    if call is None:
        return None
    usage = TokenUsage(call.input_tokens, call.cached_tokens, call.output_tokens, call.estimated)
    return Answer(call.raw, call.model, usage, call.latency or 0.0, call.first_token)
