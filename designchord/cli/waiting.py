"""Waiting for designs that run in this process: events tell when to look, the database tells what is there."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from designchord.cli.session import Session

ENDED = frozenset({"done", "partial", "failed", "cancelled"})

#: Events may get lost, the database does not: so often it is asked even when nothing was heard, in seconds.
LOOK_EVERY = 2.0


def wait_for_news(heard: queue.SimpleQueue[object]) -> None:
    """Until something was heard, then a moment more, so that a burst of events is looked at once."""
    try:
        heard.get(timeout=LOOK_EVERY)
    except queue.Empty:
        return
    time.sleep(0.05)
    while not heard.empty():
        heard.get_nowait()


def wait_until_ended(session: Session, design_id: str) -> None:
    """Until a design that runs in this process has ended."""
    from designchord.designs import selectors

    heard: queue.SimpleQueue[object] = queue.SimpleQueue()
    leave = session.app.stream.subscribe(design_id, heard.put)
    try:
        while selectors.design_get(owner=session.owner, design_id=design_id).state not in ENDED:
            wait_for_news(heard)
    finally:
        leave()
