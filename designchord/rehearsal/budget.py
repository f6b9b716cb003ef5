"""When there has been enough of a rehearsal. What plays knows no clock; whoever has one hands in the question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

#: Asked between two steps.
Spent = Callable[[], bool]
#: The code of what was not played because of that.
NO_TIME: Final = "no_time"


def never() -> bool:
    """There is never enough of it."""
    return False
