"""Waiting for designs that run in this process: events tell when to look, the database tells what is there."""

from __future__ import annotations

import queue
import time

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
