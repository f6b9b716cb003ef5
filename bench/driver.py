"""A designchord process that is told by lines of JSON how many designs to start, and answers how that went.

    {"designs": 100, "workload": "whole", "watched": false, "counted": false, "patience": 300}

Started with the settings of the mode that is measured: embedded it makes the designs itself, scaled it is the process
that accepts them, and workers make them. Watching is what a page does: a subscription to each design's events.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from bench import loads
from designchord import wiring


def main() -> None:
    wiring.setup()
    wiring.prepare_database()
    app = wiring.application()
    if app.settings.embedded:
        app.run()
    print(json.dumps({"ready": True}), flush=True)
    try:
        for line in sys.stdin:
            print(json.dumps(measure(app, **json.loads(line))), flush=True)
    finally:
        app.close(1.0)


def measure(app: wiring.App, *, designs: int, workload: str, watched: bool, counted: bool, patience: float) -> Any:
    """Start designs at once and wait for all; seconds are since the first was submitted.

    ``counted`` also counts queries, which takes time of its own; after ``patience`` seconds the answer is None.
    """
    from django.utils import timezone

    from designchord.designs.models import Call, Design

    owner = app.owner()
    wanted = [loads.load(workload, number) for number in range(designs)]
    queries: Counter[str] = Counter()
    used, began = time.process_time(), time.time()
    with ExitStack() as measuring:
        if counted:
            measuring.enter_context(_counted(queries))
        rows = Design.objects.filter(created_at__gte=timezone.now())
        for load in wanted:
            design, _ = app.verbs.start(
                owner=owner, brief=load.brief, kinds=load.kinds, blueprint=load.blueprint, effort=load.effort
            )
            if watched:
                measuring.callback(app.stream.subscribe(str(design.pk), lambda _: None))
        accepted = time.time()
        while rows.filter(state__in=("queued", "running")).exists():
            if time.time() - began > patience:
                return None
            time.sleep(0.1)
    ended = [moment.timestamp() - began for moment in rows.values_list("finished_at", flat=True)]
    assert len(ended) == designs
    return {
        "seconds": max(ended),
        "each": sorted(ended),
        "accepted": accepted - began,
        "cpu": time.process_time() - used,
        "states": Counter(rows.values_list("state", flat=True)),
        "calls": Call.objects.filter(design__in=rows).count() / designs,
        "queries": {name: count / designs for name, count in queries.items()},
    }


@contextmanager
def _counted(queries: Counter[str]) -> Iterator[None]:
    """Count what this process asks of its database, in all its threads."""
    from django.db import connections
    from django.db.backends.utils import CursorWrapper

    lock = threading.Lock()
    plain = CursorWrapper.execute

    def execute(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        with lock:
            queries[str(sql).split(None, 1)[0].upper()] += 1
        return plain(self, sql, params)

    CursorWrapper.execute = execute  # type: ignore[method-assign]
    try:
        yield
    finally:
        CursorWrapper.execute = plain  # type: ignore[method-assign]
        connections.close_all()


if __name__ == "__main__":
    main()
