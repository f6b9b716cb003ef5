"""A worker that runs no steps but writes down their ids: ``python -m tests.conformance.engine_worker URL FILE``."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from designchord.engines.embedded import EmbeddedEngine
from designchord.engines.rabbitmq import Intake


def main(url: str, file: Path) -> None:
    output = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def handle(step: int, _: int) -> None:
        os.write(output, f"began {step}\n".encode())
        time.sleep(0.2)
        os.write(output, f"ended {step}\n".encode())
        intake.ended(step)

    engine = EmbeddedEngine(handle=handle, concurrency=8)
    intake = Intake(url=url, take=lambda steps, owner: engine.enqueue(steps, owner=owner))
    engine.start()
    intake.run()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
