"""The ledger of calls to models: written before each call, completed after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from designchord.designs.connections import release_connection, writing
from designchord.designs.models import Call, CallState, Owner
from designchord.designs.services.steps import Lease
from designchord.designs.statements import ask, change, written
from designchord.errors import ModelError
from designchord.llm.base import Answer, BrokenAnswer, TokenUsage
from designchord.settings import Limits

#: Price of a call in US dollars: model name, tokens → dollars, or None when nobody knows.
Price = Callable[[str, TokenUsage], float | None]

#: Seconds after its deadline for which a call that did not come back counts as under way.
GRACE_SECONDS = 30.0

_OPEN = """
    INSERT INTO {calls} (owner_id, design_id, step_id, run, digest, model, reserved_tokens, reserved_usd, started_at,
        estimated, state, error_code, raw, input_tokens, cached_tokens, output_tokens)
    SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', '', '', 0, 0, 0 WHERE {allowed} RETURNING id
"""
_CLOSE = written("""
    UPDATE {calls} SET state = %s, error_code = %s, model = %s, raw = %s, input_tokens = %s, cached_tokens = %s,
        output_tokens = %s, estimated = %s, cost_usd = %s, latency = %s, first_token = %s, finished_at = %s
    WHERE id = %s AND state = 'open'
""")

# What has been used, and what calls under way may use at most. Dead ones use nothing any more.
_RESERVED = "CASE WHEN state = 'open' AND started_at >= %s THEN {what} ELSE 0 END"
_TOKENS = f"SUM(input_tokens + output_tokens + {_RESERVED.format(what='reserved_tokens')})"
_USD = f"SUM(COALESCE(cost_usd, 0) + {_RESERVED.format(what='reserved_usd')})"


@dataclass(frozen=True, slots=True)
class Cap:
    """A bound on what calls use: the condition under which one more is allowed, and what is said when it is not."""

    allows: str
    values: tuple[Any, ...]
    sentence: str


def _caps(limits: Limits, *, design: UUID, owner_id: int, now: datetime) -> Iterator[Cap]:
    of_design, of_day = "design_id = %s", "owner_id = %s AND started_at >= %s"
    alive, day = now - timedelta(seconds=limits.design_deadline + GRACE_SECONDS), now - timedelta(days=1)

    def below(what: str, which: str) -> str:
        return written("(SELECT COALESCE({what}, 0) FROM {calls} WHERE {which}) < %s", what=what, which=which)

    yield Cap(
        below("COUNT(*)", of_design),
        (design, limits.calls_per_design),
        "This design has used all the model calls it may make.",
    )
    if limits.usd_per_design is not None:
        yield Cap(
            below(_USD, of_design),
            (alive, design, limits.usd_per_design),
            "This design has spent all it may spend.",
        )
    if limits.usd_per_day is not None:
        yield Cap(
            below(_USD, of_day),
            (alive, owner_id, day, limits.usd_per_day),
            "You have spent all you may spend in a day. Go on tomorrow.",
        )
    if limits.tokens_per_day is not None:
        yield Cap(
            below(_TOKENS, of_day),
            (alive, owner_id, day, limits.tokens_per_day),
            "You have used all the tokens you may use in a day. Go on tomorrow.",
        )


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
        self._at_most = TokenUsage()
        self._models: dict[int, str] = {}
        self.used = before

    def about(self, digest: str, *, at_most: TokenUsage | None = None) -> DatabaseLedger:
        """The same ledger, for the question of that digest, a call for which uses so much ``at_most``."""
        self._digest, self._at_most = digest, at_most or TokenUsage()
        return self

    def open(self, model: str) -> int:
        """Write a call down, unless a cap does not allow it: then ``ModelError`` with the code ``model_budget``, or
        ``model_unpriced`` where dollars are capped and nobody knows what the call would cost.

        Where something is summed up, an owner's calls begin one after another, each seeing what those before it may
        use: so a cap is exceeded by one call at most, however many ask at the same moment.
        """
        at_most = self._price(model, self._at_most)
        if at_most is None and self._limits.dollars_are_capped:
            raise ModelError(f"Nobody here knows the price of {model}, and dollars are limited.", code="model_unpriced")
        now = timezone.now()
        caps = list(_caps(self._limits, design=self._lease.design, owner_id=self._owner_id, now=now))
        row = (
            self._owner_id, self._lease.design, self._lease.step, self._run, self._digest, model,
            self._at_most.input + self._at_most.output, at_most or 0.0, now, False,
        )  # fmt: skip
        statement = written(_OPEN, allowed=" AND ".join(cap.allows for cap in caps))
        with writing(), transaction.atomic() if len(caps) > 1 else nullcontext():
            if len(caps) > 1:
                Owner.objects.select_for_update(no_key=True).only("pk").get(pk=self._owner_id)
            opened = ask(statement, *row, *(value for cap in caps for value in cap.values))
        if not opened:
            raise ModelError(next(_refusals(caps), caps[0].sentence), code="model_budget")
        release_connection()
        call = int(opened[0][0])
        self._models[call] = model
        return call

    def close(self, call: int, *, answer: Answer | None = None, error: ModelError | None = None) -> None:
        model, usage, cost, text, latency, first_token = self._models.pop(call), TokenUsage(), None, "", None, None
        state, code = CallState.FAILED, error.code if error else "stopped"
        if answer is not None:
            state, code = CallState.ANSWERED, ""
            model, text, first_token = answer.model, answer.text, answer.first_token
        billed = answer or (error if isinstance(error, BrokenAnswer) else None)
        if billed is not None:
            usage, latency = billed.usage, billed.latency
            cost = self._count(model, usage, latency)
        with writing():
            change(
                _CLOSE, state.value, code, model, text, usage.input, usage.cached, usage.output, usage.estimated, cost,
                latency, first_token, timezone.now(), call,
            )  # fmt: skip

    def _count(self, model: str, usage: TokenUsage, latency: float) -> float | None:
        """Add to what the run has used; the call's price."""
        self.used["input_tokens"] += usage.input
        self.used["cached_tokens"] += usage.cached
        self.used["output_tokens"] += usage.output
        self.used["latency"] += latency
        cost = self._price(model, usage)
        if cost is not None:
            self.used["cost_usd"] = (self.used["cost_usd"] or 0.0) + cost
        return cost


def _refusals(caps: list[Cap]) -> Iterator[str]:
    """What those caps say that do not allow another call."""
    for cap in caps:
        if not ask(f"SELECT 1 WHERE {cap.allows}", *cap.values):
            yield cap.sentence


def answer_saved(*, step_id: int, run: int, digest: str) -> Answer | None:
    """The answer to this very question that was paid for before a crash, if there is one."""
    call = (
        Call.objects.filter(step_id=step_id, run=run, digest=digest, state=CallState.ANSWERED).order_by("-pk").first()
    )
    if call is None:
        return None
    usage = TokenUsage(call.input_tokens, call.cached_tokens, call.output_tokens, call.estimated)
    return Answer(call.raw, call.model, usage, call.latency or 0.0, call.first_token)
