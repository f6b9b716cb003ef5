"""The face to RabbitMQ: takes steps' ids, runs the steps in threads, goes away in an orderly manner.

Deadlines are kept by the steps themselves: Celery's thread pool knows no time limits.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from typing import Any

import structlog
from celery import Celery, signals
from celery.exceptions import Reject

from designchord import wiring
from designchord.engines.celery import TASK, celery_app
from designchord.llm import loop

log = structlog.get_logger("designchord.worker")

#: Seconds after draining when the process is gone in any case, also with a broker that does not answer. Whatever it
#: still held is taken up by others when the leases run out.
EXIT_SECONDS = 15.0


def run(concurrency: int) -> None:
    """Work until SIGTERM or SIGINT; ``concurrency`` steps at a time."""
    settings = wiring.setup()
    wiring.prepare_database()
    app = wiring.application()
    celery = celery_app(settings.engine_url)
    leaving = threading.Event()

    def handle(step: int) -> None:
        if leaving.is_set():
            raise Reject("this worker is leaving", requeue=True)
        app.steps.handle(step)

    def leave(**_: object) -> None:
        if not leaving.is_set():
            leaving.set()
            threading.Thread(target=_drain, args=(app,), name="drain", daemon=True).start()

    # It warns that tasks cannot be delayed; ours never are.
    logging.getLogger("kombu.transport.native_delayed_delivery").setLevel(logging.ERROR)
    celery.task(name=TASK)(handle)
    signals.worker_shutting_down.connect(leave, weak=False)
    app.run()
    log.warning("worker_started", concurrency=concurrency)
    try:
        _celery_worker(celery, concurrency).start()
    finally:
        app.close(2.0)
        loop.stop()
        log.warning("worker_stopped")


def _celery_worker(celery: Celery, concurrency: int) -> Any:
    return celery.Worker(
        pool="threads",
        concurrency=concurrency,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
        loglevel="WARNING",
    )


def _drain(app: wiring.App) -> None:
    """Let running steps finish for a while, give the others back, and never stay."""
    began, drain = time.monotonic(), app.settings.limits.drain
    app.sweeper.stop()
    while app.heart.held() and time.monotonic() - began < drain:
        time.sleep(0.1)
    released = app.heart.release_all()
    log.warning("worker_drained", seconds=round(time.monotonic() - began, 1), released=released)
    time.sleep(EXIT_SECONDS)
    log.error("worker_forced_out")
    sys.stderr.flush()
    os._exit(1)
