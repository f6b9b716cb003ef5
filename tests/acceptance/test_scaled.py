"""The scaled mode as people run it: web processes, workers, RabbitMQ, Redis, PostgreSQL, and a model over HTTP."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.model_exchange import Pace
from bench.model_server import ModelServer
from designchord.engines.rabbitmq import RabbitMQEngine
from tests.acceptance.watching import Watcher
from tests.servers import wait_until
from tests.stack import Stack

pytestmark = [pytest.mark.servers, pytest.mark.slow]


def test_a_design_is_made_by_a_worker_and_watched_live_from_the_web(stack: Stack, model: ModelServer) -> None:
    model.pace = Pace(ttft=0.2, tps=1500)
    stack.serve()
    stack.worker()
    design = stack.submit()["id"]

    with Watcher(stack.url, design) as watcher:
        assert watcher.ended.wait(60)
        assert watcher.snapshot is not None
        first = watcher.snapshot["last_event_id"] + 1
        assert watcher.numbers == list(range(first, first + len(watcher.numbers)))

    snapshot = stack.look(design)
    assert snapshot["state"] == "done"
    assert watcher.deltas
    assert "erDiagram" in watcher.texts["erd", ""]
    found = stack.check(accepted=[design], model_calls=model.count)
    assert found.open_calls == 0


def test_every_message_delivered_three_times_does_everything_once(stack: Stack, model: ModelServer) -> None:
    stack.serve()
    stack.worker()
    designs = [stack.submit()["id"] for _ in range(5)]
    engine = RabbitMQEngine(url=stack.rabbitmq.url)

    def again() -> bool:
        for _ in range(2):
            engine.enqueue(row[0] for row in stack.sql("SELECT id FROM designs_step"))
            wait_until(lambda: not engine.waiting(), 10, "the confirmations")
        return all(stack.look(design)["state"] == "done" for design in designs)

    wait_until(again, 60, "the end")
    engine.stop(1)

    questions = stack.sql("SELECT count(*), count(DISTINCT (step_id, run, digest)) FROM designs_call")
    assert len(set(questions[0])) == 1
    stack.check(accepted=designs, model_calls=model.count)


def test_one_key_sent_to_two_web_processes_at_once_makes_one_design(stack: Stack, model: ModelServer) -> None:
    stack.serve()
    first = stack.url
    stack.serve()
    second = stack.url

    def submit(url: str) -> str:
        stack.url = url
        return str(stack.submit(key="the same")["id"])

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(submit, [first, second] * 4))

    assert len(ids) == 1
    stack.worker()
    stack.await_end(*ids)
    stack.check(accepted=ids, model_calls=model.count)


def test_a_cancel_reaches_a_call_that_runs_in_a_worker(stack: Stack, model: ModelServer) -> None:
    model.pace = Pace(latency=120)
    stack.serve()
    stack.worker()
    design = stack.submit()["id"]
    wait_until(lambda: model.count == 1, 20, "the call")

    status, snapshot = stack.ask("POST", f"/api/v1/designs/{design}/cancel")

    assert (status, snapshot["state"]) == (200, "cancelled")
    wait_until(lambda: model.calls[0].outcome == "cut", 20, "the end of the call")
    stack.check(accepted=[design], model_calls=1)


def test_steps_that_wait_for_a_model_hold_no_connection_to_the_database(stack: Stack, model: ModelServer) -> None:
    model.pace = Pace(latency=120)
    stack.serve()
    worker = stack.worker(concurrency=40)
    designs = [stack.submit()["id"] for _ in range(40)]
    wait_until(lambda: model.count == 40, 30, "forty calls")

    (connections,) = stack.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")[0]

    assert connections <= 2 * 16 + 1  # the pools of two processes, and this question
    worker.kill()
    for design in designs:
        stack.ask("POST", f"/api/v1/designs/{design}/cancel")
    stack.check(accepted=designs, model_calls=40)


def test_workers_are_replaced_under_load_and_nothing_is_lost_or_made_twice(stack: Stack, model: ModelServer) -> None:
    stack.serve()
    workers = [stack.worker(), stack.worker()]
    designs = [stack.submit()["id"] for _ in range(8)]

    for worker in workers:
        successor = stack.worker()
        worker.signal(signal.SIGTERM)
        assert worker.wait(45) == 0
        assert successor.alive()

    assert set(stack.await_end(*designs)) == {"done"}
    stack.check(accepted=designs, model_calls=model.count)


def test_a_worker_that_leaves_in_the_middle_of_long_calls_gives_its_steps_back(
    stack: Stack, model: ModelServer
) -> None:
    model.pace = Pace(latency=300)
    stack.serve()
    leaving = stack.worker(DESIGNCHORD_DRAIN="2")
    designs = [stack.submit()["id"] for _ in range(3)]
    wait_until(lambda: model.count == 3, 20, "three calls")

    leaving.signal(signal.SIGTERM)
    assert leaving.wait(45) == 0
    released = stack.sql("SELECT state, attempt, holder FROM designs_step WHERE state = 'ready'")
    assert {(state, attempt) for state, attempt, _ in released} == {("ready", 0)}

    model.pace = Pace(latency=0.1)
    stack.worker()
    assert set(stack.await_end(*designs)) == {"done"}
    stack.check(accepted=designs, model_calls=model.count)


def test_what_a_leaving_worker_has_not_begun_is_begun_by_others_while_it_still_works(
    stack: Stack, model: ModelServer
) -> None:
    model.pace = Pace(latency=300)
    stack.serve()
    leaving = stack.worker(concurrency=1, DESIGNCHORD_DRAIN="20")
    designs = [stack.submit()["id"] for _ in range(4)]
    wait_until(lambda: model.count == 1, 20, "its call")
    stack.worker()

    leaving.signal(signal.SIGTERM)
    wait_until(lambda: model.count == 4, 15, "the other calls")
    assert leaving.alive()

    for design in designs:
        stack.ask("POST", f"/api/v1/designs/{design}/cancel")
    assert leaving.wait(45) == 0
    stack.check(accepted=designs, model_calls=4)


def test_a_web_process_leaves_although_somebody_watches(stack: Stack) -> None:
    web = stack.serve()
    design = stack.submit()["id"]
    with Watcher(stack.url, design) as watcher:
        wait_until(lambda: watcher.snapshot, 20, "the snapshot")

        web.signal(signal.SIGTERM)
        assert web.wait(45) == 0


def test_health_tells_the_parts_apart(stack: Stack) -> None:
    stack.serve()

    status, body = stack.ask("GET", "/readyz")

    assert status == 200
    assert body == {"status": "ready", "checks": {"database": True, "engine": True, "events": True}}
