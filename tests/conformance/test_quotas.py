"""Fifty requests at the same moment get no more than one after the other would, on every database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from designchord.blueprint.model import Brief
from designchord.designs.models import ApiToken, Design, DesignState, Owner, Pace, Step, StepState
from designchord.designs.services import designs, tokens
from designchord.designs.services.rate_limits import rate_limit_take
from designchord.errors import Conflict, QuotaExceeded

PARALLEL = 50


@pytest.fixture
def owner(database: str) -> Owner:
    Pace.objects.all().delete()
    return Owner.objects.create(username="alice")


def allowed(ask: Callable[[int], Any]) -> list[Any]:
    """What those of fifty requests got that were not refused."""

    def one(number: int) -> Any:
        try:
            return ask(number)
        except (QuotaExceeded, Conflict):
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(PARALLEL) as pool:
        return [got for got in pool.map(one, range(PARALLEL)) if got is not None]


def create(owner: Owner, *, at_most: int | None, key: str | None = None) -> Design | None:
    new = designs.NewDesign(
        brief=Brief("Library", "Lends books.", "", "en"),
        kinds=("erd",),
        model="offline",
        digest="",
        idempotency_key=key,
        deadline=600,
        in_flight=at_most,
    )
    design, _ = designs.design_create(owner=owner, new=new)
    return design


def test_no_more_designs_are_under_way_than_allowed(owner: Owner) -> None:
    assert len(allowed(lambda _: create(owner, at_most=7))) == 7
    assert Design.objects.filter(owner=owner).count() == 7

    other = Owner.objects.create(username="bob")
    assert create(other, at_most=7)


def test_retries_and_new_designs_share_one_quota(owner: Owner) -> None:
    ended = [create(owner, at_most=None) for _ in range(PARALLEL // 2)]
    ids = [design.pk for design in ended if design]
    Design.objects.filter(owner=owner).update(state=DesignState.FAILED)
    Step.objects.filter(design__owner=owner).update(state=StepState.FAILED)

    def ask(number: int) -> Any:
        if number % 2:
            return create(owner, at_most=7)
        design = ids[number // 2]
        step = Step.objects.get(design=design, part__kind="blueprint").pk
        ready, _ = designs.design_rerun(design_id=design, step_ids=[step], seconds=600, in_flight=7)
        return ready or None

    assert len(allowed(ask)) == 7
    assert Design.objects.filter(owner=owner, state__in=[DesignState.QUEUED, DesignState.RUNNING]).count() == 7


def test_one_key_sent_by_fifty_is_one_design_and_counts_once(owner: Owner) -> None:
    made = allowed(lambda _: create(owner, at_most=1, key="the same"))

    assert len(made) == PARALLEL
    assert {design.pk for design in made} == set(Design.objects.values_list("pk", flat=True))
    assert Design.objects.count() == 1


def test_nothing_is_asked_for_faster_than_allowed(owner: Owner) -> None:
    def ask(_: int) -> bool:
        rate_limit_take(what="test", who="somebody", per_minute=6)
        return True

    # Evenly refilled: a slow machine may give back one while fifty ask.
    assert 6 <= len(allowed(ask)) <= 7


def test_nobody_has_more_tokens_than_allowed(owner: Owner) -> None:
    for number in range(tokens.MAX_TOKENS - 5):
        tokens.token_create(owner=owner, name=f"{number}")

    assert len(allowed(lambda number: tokens.token_create(owner=owner, name=f"late {number}"))) == 5
    assert ApiToken.objects.filter(owner=owner).count() == tokens.MAX_TOKENS
