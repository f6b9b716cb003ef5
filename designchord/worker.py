"""The face to RabbitMQ: takes steps' ids, runs the steps in threads, goes away in an orderly manner.

The threads are those of the embedded mode's engine, with its turns: a worker takes all there is out of the queue, and
no owner's steps stand before another's. Deadlines are kept by the steps themselves.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import structlog

from designchord import wiring
from designchord.engines.embedded import EmbeddedEngine
from designchord.engines.rabbitmq import Intake
from designchord.llm import loop

log = structlog.get_logger("designchord.worker")

#: Seconds after draining when the process is gone in any case, also with a broker that does not answer. Whatever it
#: still held is taken up by others when the leases run out.
EXIT_SECONDS = 15.0


def run(concurrency: int) -> None:
    """Work until SIGTERM or SIGINT; ``concurrency`` steps of one owner at a time, and some more of others."""
    settings = wiring.setup()
    wiring.prepare_database()
    app = wiring.application()
    asked_to_leave: list[float] = []

    def handle(step: int, owner: int) -> None:
        try:
            app.steps.handle(step, owner)
        finally:
            intake.ended(step)

    def leave(*_: object) -> None:
        if not asked_to_leave:
            asked_to_leave.append(time.monotonic())
            patience = settings.limits.drain + EXIT_SECONDS
            threading.Thread(target=_force_out, args=(patience,), name="exit", daemon=True).start()
        intake.leave()

    threads = EmbeddedEngine(handle=handle, concurrency=wiring.room_for(concurrency))
    intake = Intake(url=settings.engine_url, take=lambda steps, owner: threads.enqueue(steps, owner=owner))
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, leave)
    threads.start()
    app.run()
    log.warning("worker_started", concurrency=concurrency)
    try:
        intake.run()  # when this ends, the broker has given to others what had not begun
    finally:
        leave()
        _drain(app, threads, until=asked_to_leave[0] + settings.limits.drain)
        loop.stop()
        log.warning("worker_stopped")


def _drain(app: wiring.App, threads: EmbeddedEngine, *, until: float) -> None:
    """Let running steps finish for a while, and give the others back."""
    began = time.monotonic()
    app.sweeper.stop()
    threads.stop(max(0.0, until - began))
    released = app.leases.release_all()
    log.warning("worker_drained", seconds=round(time.monotonic() - began, 1), released=released)
    app.close(2.0)


def _force_out(patience: float) -> None:
    time.sleep(patience)
    log.error("worker_forced_out")
    sys.stderr.flush()
    os._exit(1)
