"""Memory of a command that reads a large document and ends."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looks for cycles in between: a document is a tree, and each look goes through all of it. They took half
    of the time that 20 MB took, and gave nothing back."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
