"""The port to what runs steps. Engines know step ids and one function; the database knows everything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Engine(Protocol):
    """Delivers step ids to ``pipeline.handle`` at least once, in this process or another."""

    def enqueue(self, steps: Iterable[int], *, owner: int = 0) -> None:
        """Hand over steps of one owner that are committed and ready; returns at once, perhaps before they arrived.

        Whoever runs them takes turns between owners, and keeps an owner from having all threads.

        Raises ``errors.Unavailable`` when they could not be handed over; the sweeper will do it later.
        """

    def answers(self) -> bool:
        """Whether steps that are handed over now can be run soon; may take a few seconds."""

    def waiting(self) -> int:
        """Steps taken over in this process that nobody has begun or, with a broker, that it has not confirmed."""

    def start(self) -> None:
        """Begin to run steps in this process; engines whose workers live elsewhere do nothing."""

    def stop(self, grace: float) -> None:
        """Take no more steps, wait at most ``grace`` seconds for running ones, release the rest."""
