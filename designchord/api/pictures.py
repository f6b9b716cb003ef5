"""The process that draws for all requests of this one."""

from __future__ import annotations

import time
from functools import cache
from typing import Final

from designchord.errors import DesignchordError
from designchord.export.figures import Draw
from designchord.notation.render import Renderer

#: Seconds that the pictures of one page or archive may take; it is taken away without the rest of them.
ARCHIVE_SECONDS: Final = 15.0


@cache
def renderer() -> Renderer:
    """Started when somebody first asks for a picture."""
    return Renderer()


def drawing() -> Draw:
    """Draws what can be drawn within ``ARCHIVE_SECONDS`` from now, and gives None for the rest."""
    until = time.monotonic() + ARCHIVE_SECONDS

    def draw(source: str) -> str | None:
        if time.monotonic() > until:
            return None
        try:
            return renderer().svg(source)
        except DesignchordError:
            return None

    return draw
