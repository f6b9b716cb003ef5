"""Many designs of one owner do not keep another's waiting, on RabbitMQ and two workers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from tests.servers import wait_until
from tests.stack import Stack

pytestmark = [pytest.mark.servers, pytest.mark.slow]

PLACES = 4
FLOOD = 40


def begun(stack: Stack, name: str) -> int:
    """How many steps of an owner have begun; none ends here."""
    return int(
        stack.sql(
            "SELECT count(*) FROM designs_step s JOIN designs_design d ON d.id = s.design_id "
            f"JOIN designs_owner o ON o.id = d.owner_id WHERE o.username = '{name}' AND s.started_at IS NOT NULL"
        )[0][0]
    )


def test_who_comes_after_a_flood_begins_before_the_rest_of_it(
    new_stack: Callable[..., Stack], model: ModelServer
) -> None:
    model.pace = Pace(latency=300)
    stack = new_stack(
        DESIGNCHORD_ACCOUNTS="on", DESIGNCHORD_DESIGNS_IN_FLIGHT="1000", DESIGNCHORD_STARTS_PER_MINUTE="10000",
        DESIGNCHORD_REDELIVER_AFTER="60",
    )  # fmt: skip
    stack.serve()
    tokens = stack.people("anna", "bert")
    workers = [stack.worker(concurrency=PLACES) for _ in range(2)]
    designs = [stack.submit(token=tokens["anna"])["id"] for _ in range(FLOOD)]
    wait_until(lambda: begun(stack, "anna") == 2 * PLACES, 30, "all that one owner may have")

    designs.append(stack.submit(token=tokens["bert"])["id"])
    wait_until(lambda: begun(stack, "bert") == 1, 30, "another owner's first step")

    assert begun(stack, "anna") == 2 * PLACES
    for worker in workers:
        worker.kill()
    for design in designs:
        name = "bert" if design == designs[-1] else "anna"
        stack.ask("POST", f"/api/v1/designs/{design}/cancel", headers={"Authorization": f"Bearer {tokens[name]}"})
    stack.check(accepted=designs)
