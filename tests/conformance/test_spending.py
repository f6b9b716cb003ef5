"""Caps on calls, dollars and tokens hold on every database, however many calls begin at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from designchord.blueprint.model import Brief
from designchord.designs.models import Call, Owner
from designchord.designs.selectors import NOTHING_USED
from designchord.designs.services import designs, steps
from designchord.designs.services.calls import DatabaseLedger
from designchord.designs.services.steps import Lease
from designchord.errors import ModelError
from designchord.llm.base import Answer, BrokenAnswer, TokenUsage
from designchord.settings import Limits

PARALLEL = 50


@pytest.fixture
def owner(database: str) -> Owner:
    return Owner.objects.create(username="alice")


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(PARALLEL) as pool:
        yield pool


def held(owner: Owner) -> Lease:
    """A held step of a new design."""
    brief = Brief("Library", "Lends books.", "", "en")
    new = designs.NewDesign(brief=brief, kinds=("erd",), model="offline", digest="", idempotency_key=None, deadline=600)
    design, _ = designs.design_create(owner=owner, new=new)
    claim = steps.step_claim(step_id=design.steps.get(part__kind="blueprint").pk, holder="test", seconds=60)
    assert claim is not None
    return claim.lease


def ledger(owner: Owner, lease: Lease, **limits: Any) -> DatabaseLedger:
    """A token costs a dollar."""
    return DatabaseLedger(
        lease=lease,
        owner_id=owner.pk,
        run=1,
        limits=Limits(**limits),
        price=lambda _, usage: float(usage.input + usage.output),
        before=dict(NOTHING_USED),
    )


def question(ledger: DatabaseLedger, tokens: int = 100) -> DatabaseLedger:
    return ledger.about("q", at_most=TokenUsage(input=tokens // 2, output=tokens - tokens // 2))


def answer(tokens: int) -> Answer:
    return Answer("said", "openai:test", TokenUsage(input=tokens - 1, output=1))


def allowed(threads: ThreadPoolExecutor, ledgers: list[DatabaseLedger]) -> int:
    """How many of these may make a call, all asking at once."""

    def one(ledger: DatabaseLedger) -> int:
        try:
            return bool(question(ledger).open("openai:test"))
        except ModelError:
            return False
        finally:
            connection.close()

    return sum(threads.map(one, ledgers))


@pytest.mark.parametrize("cap", ["tokens_per_day", "usd_per_day"])
def test_fifty_calls_at_once_of_many_designs_reserve_no_more_than_a_day_allows(
    owner: Owner, threads: ThreadPoolExecutor, cap: str
) -> None:
    leases = [held(owner) for _ in range(5)]
    ledgers = [ledger(owner, leases[number % 5], **{cap: 700}) for number in range(PARALLEL)]

    assert allowed(threads, ledgers) == 7

    other = Owner.objects.create(username="bob")
    assert allowed(threads, [ledger(other, held(other), **{cap: 700})]) == 1


def test_fifty_calls_at_once_of_one_design_reserve_no_more_than_it_may_spend(
    owner: Owner, threads: ThreadPoolExecutor
) -> None:
    lease = held(owner)

    assert allowed(threads, [ledger(owner, lease, usd_per_design=700.0) for _ in range(PARALLEL)]) == 7
    assert allowed(threads, [ledger(owner, held(owner), usd_per_design=700.0)]) == 1


def test_without_a_cap_all_fifty_are_made(owner: Owner, threads: ThreadPoolExecutor) -> None:
    lease = held(owner)

    assert allowed(threads, [ledger(owner, lease) for _ in range(PARALLEL)]) == PARALLEL


def test_what_a_call_did_not_use_is_free_for_the_next(owner: Owner) -> None:
    book = question(ledger(owner, held(owner), tokens_per_day=100))
    first = book.open("openai:test")
    with pytest.raises(ModelError) as refused:
        book.open("openai:test")
    assert refused.value.code == "model_budget"
    assert "tokens" in refused.value.message

    book.close(first, answer=answer(30))

    assert book.open("openai:test")


def test_what_was_used_counts_for_a_day_broken_answers_included(owner: Owner) -> None:
    book = question(ledger(owner, held(owner), tokens_per_day=100))
    book.close(book.open("openai:test"), answer=answer(60))
    broken = BrokenAnswer("cut", code="model_truncated", usage=TokenUsage(input=30, output=10))
    book.close(book.open("openai:test"), error=broken)
    with pytest.raises(ModelError):
        book.open("openai:test")

    Call.objects.update(started_at=timezone.now() - timedelta(days=1, seconds=1))

    assert book.open("openai:test")


def test_a_call_that_failed_without_an_answer_uses_nothing(owner: Owner) -> None:
    book = question(ledger(owner, held(owner), tokens_per_day=100))
    for _ in range(3):
        book.close(book.open("openai:test"), error=ModelError(code="model_unreachable"))

    assert book.open("openai:test")
    assert book.used["output_tokens"] == 0


def test_a_call_whose_process_died_is_not_under_way_for_ever(owner: Owner) -> None:
    book = question(ledger(owner, held(owner), tokens_per_day=100, design_deadline=60.0))
    book.open("openai:test")
    Call.objects.update(started_at=timezone.now() - timedelta(seconds=89))
    with pytest.raises(ModelError):
        book.open("openai:test")

    Call.objects.update(started_at=timezone.now() - timedelta(seconds=91))

    assert book.open("openai:test")


def test_each_cap_says_what_it_is(owner: Owner) -> None:
    lease = held(owner)
    book = question(ledger(owner, lease))
    book.close(book.open("openai:test"), answer=answer(10))
    sentences = set()
    for cap in ({"calls_per_design": 1}, {"usd_per_design": 5.0}, {"usd_per_day": 5.0}, {"tokens_per_day": 5}):
        with pytest.raises(ModelError) as refused:
            question(ledger(owner, lease, **cap)).open("openai:test")
        assert refused.value.code == "model_budget"
        sentences.add(refused.value.message)
    assert len(sentences) == 4
    assert Call.objects.count() == 1
