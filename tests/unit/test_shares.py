"""Shares: never more than there is, never more than one's own, everybody's turn comes, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designchord.api.shares import Callers, Share, is_costly
from designchord.errors import Busy


@given(
    total=st.integers(1, 6),
    each=st.integers(1, 4),
    wishes=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 5), st.integers(0, 3)), max_size=30),
    leaving=st.sets(st.integers(0, 29), max_size=6),
)
@settings(max_examples=200)
def test_a_share_is_never_exceeded_and_all_is_given_back(
    total: int, each: int, wishes: list[tuple[str, int, int]], leaving: set[int]
) -> None:
    async def story() -> None:
        share = Share(total=total, each=min(each, total), wait=60)
        held: Counter[str] = Counter()

        async def use(caller: str, amount: int, turns: int) -> None:
            had = min(amount, each, total)
            async with share.hold(caller, amount):
                held[caller] += had
                assert held[caller] <= each
                assert held.total() <= total
                try:
                    for _ in range(turns):
                        await asyncio.sleep(0)
                finally:
                    held[caller] -= had

        tasks = [asyncio.create_task(use(*wish)) for wish in wishes]
        await asyncio.sleep(0)
        for number in leaving & set(range(len(tasks))):
            tasks[number].cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert [error for error in ended if error is not None and not isinstance(error, asyncio.CancelledError)] == []
        async with asyncio.timeout(1), share.hold("d", min(each, total)):
            assert share.idle is False
        assert share.idle

    asyncio.run(story())


async def test_who_comes_after_a_flood_is_next() -> None:
    share = Share(total=1, each=1, wait=60)
    order: list[str] = []

    async def use(caller: str) -> None:
        async with share.hold(caller):
            order.append(caller)
            await asyncio.sleep(0)

    flood = [asyncio.create_task(use("flood")) for _ in range(20)]
    await asyncio.sleep(0)
    await asyncio.gather(*flood, asyncio.create_task(use("other")))

    assert order.index("other") < 5


async def test_one_caller_cannot_have_everything() -> None:
    share = Share(total=3, each=2, wait=0.05)
    async with share.hold("a"), share.hold("a"):
        with pytest.raises(Busy):
            async with share.hold("a"):
                pytest.fail("a third")
        async with share.hold("b"):
            pass


async def test_who_would_wait_behind_too_many_is_refused_at_once() -> None:
    share = Share(total=1, each=1, wait=60, queue=2)
    async with share.hold("a"):
        waiting = [asyncio.create_task(share.hold("a").__aenter__()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await asyncio.wait_for(share.hold("a").__aenter__(), 1)
        for task in waiting:
            task.cancel()


def test_a_credential_counts_as_its_owners_once_it_was_good() -> None:
    callers = Callers(at_most=2)
    assert callers.of("token", "192.0.2.1") == callers.of(None, "192.0.2.1")

    callers.learn("token", 7)
    callers.learn("session", 7)
    assert callers.of("token", "192.0.2.1") == callers.of("session", "198.51.100.9")

    callers.learn("another", 8)
    assert callers.of("token", "192.0.2.1") == callers.of(None, "192.0.2.1"), "the oldest is forgotten"
    callers.learn("another", None)
    assert callers.of("another", "192.0.2.1") == callers.of(None, "192.0.2.1"), "it is good no more"


@pytest.mark.parametrize(
    ("method", "path", "query", "costly"),
    [
        ("POST", "/api/v1/check", "", True),
        ("POST", "/api/v1/estimate", "", True),
        ("PUT", "/api/v1/designs/1/artifacts/erd", "", True),
        ("POST", "/api/v1/designs/1/artifacts/sequence/one/restore", "", True),
        ("GET", "/api/v1/designs/1/artifacts/erd/svg", "", True),
        ("HEAD", "/api/v1/designs/1/artifacts/sequence/one/svg", "", True),
        ("GET", "/api/v1/designs/1/artifacts/document", "format=html", True),
        ("GET", "/api/v1/designs/1/artifacts/document", "", False),
        ("GET", "/api/v1/designs/1/export", "format=md", True),
        ("GET", "/api/v1/account/export", "", True),
        ("GET", "/account/export/", "", True),
        ("GET", "/share/abc", "", True),
        ("POST", "/sign-in/", "", False),
        ("GET", "/sign-in/", "", False),
        ("GET", "/api/v1/designs", "", False),
        ("GET", "/api/v1/designs/1/events", "", False),
        ("GET", "/healthz", "", False),
    ],
)
def test_what_costs_much_has_turns_of_its_own(method: str, path: str, query: str, costly: bool) -> None:
    assert is_costly(method, path, query) is costly
