"""A worker that runs no steps but writes down their ids: ``python -m tests.conformance.engine_worker URL FILE``."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from designchord.engines.celery import TASK, celery_app


def main(url: str, file: Path) -> None:
    app = celery_app(url)
    output = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def handle(step: int) -> None:
        os.write(output, f"began {step}\n".encode())
        time.sleep(0.2)
        os.write(output, f"ended {step}\n".encode())

    app.task(name=TASK)(handle)
    app.Worker(pool="threads", concurrency=8, without_gossip=True, without_mingle=True, quiet=True).start()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
