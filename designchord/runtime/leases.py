"""Keeps the leases of this process alive and notices when one is lost.

A lease is lost when the design was cancelled or somebody else took the step over after this process was suspended.
Whoever works under it asks ``Hold.lost`` between two things it does,
and waits under ``Hold.stop``, which cuts a wait off.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import Error

from designchord.designs.connections import release_connection
from designchord.designs.services.steps import Lease, lease_renew, leases_lost, leases_renew, step_release
from designchord.llm.stop import Stop

#: How often lost leases are looked for: a cancel reaches a running call within about this many seconds.
LOOK_EVERY = 1.0


@dataclass(slots=True)
class Hold:
    """A lease being worked under."""

    lease: Lease
    stop: Stop = field(default_factory=Stop)

    def lost(self) -> bool:
        return self.stop.said()

    def lose(self) -> None:
        self.stop.say()


class LeaseKeeper:
    """Renews the leases of a process from one thread, which lives only while something is held."""

    def __init__(self, *, lease_seconds: float, renew_seconds: float) -> None:
        self._lease_seconds = lease_seconds
        self._renew_seconds = renew_seconds
        self._lock = threading.Lock()
        self._holds: dict[int, Hold] = {}
        self._thread: threading.Thread | None = None

    @contextmanager
    def holding(self, lease: Lease) -> Iterator[Hold]:
        """Keep a lease for the block."""
        hold = Hold(lease)
        with self._lock:
            before = self._holds.get(lease.step)
            if before is not None:  # still at work under a token that this one has outdated
                before.lose()
            self._holds[lease.step] = hold
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep_up, name="lease-keeper", daemon=True)
                self._thread.start()
        try:
            yield hold
        finally:
            with self._lock:
                if self._holds.get(lease.step) is hold:
                    del self._holds[lease.step]

    def held(self) -> int:
        """How many leases this process works under."""
        with self._lock:
            return len(self._holds)

    def keeps(self, step_id: int) -> bool:
        """Whether this process works under a lease of that step; then it is renewed. It may have run out while the
        process was suspended or when the clock was set, and is good as long as nobody has taken the step."""
        with self._lock:
            hold = self._holds.get(step_id)
        return hold is not None and not hold.lost() and lease_renew(lease=hold.lease, seconds=self._lease_seconds)

    def release_all(self) -> int:
        """Give back every held step, for a process that is going away; the work under them stops."""
        with self._lock:
            holds = list(self._holds.values())
        released = sum(step_release(lease=hold.lease) for hold in holds)
        for hold in holds:
            hold.lose()
        return released

    def _keep_up(self) -> None:
        renewed = time.monotonic()
        while True:
            time.sleep(LOOK_EVERY)
            with self._lock:
                holds = list(self._holds.values())
                if not holds:
                    self._thread = None
                    break
            try:
                lost = leases_lost(leases=[hold.lease for hold in holds])
                if time.monotonic() - renewed >= self._renew_seconds:
                    leases_renew(
                        leases=[hold.lease for hold in holds if hold.lease.step not in lost],
                        seconds=self._lease_seconds,
                    )
                    renewed = time.monotonic()
            except Error:
                continue  # the leases run on; when the database is back they are renewed or found lost
            finally:
                release_connection()
            for hold in holds:
                if hold.lease.step in lost:
                    hold.lose()
