"""Entity-relationship diagrams drawn by the page's own modules: shown and taken away, they are one picture.

QuickJS runs them in this process, within limits of time and memory. A diagram with anything in it that only Mermaid
knows how to draw is not drawn here.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import quickjs

from designchord.notation.drawing.linking import MODULES, bundled, link

SECONDS: Final = 5.0
MEMORY_BYTES: Final = 192 << 20
#: More entities and attributes than this are not laid out.
MAX_CHARACTERS: Final = 200_000
#: What a picture is laid out for, in pixels: the width of a page that is read, and less than its height.
STAGE: Final = {"width": 1040, "height": 640}

_LIBRARY: Final = MODULES.parent / "vendor" / "htm" / "3.1.1" / "preact" / "standalone.module.js"
_ENTRY: Final = """
(() => {
  const { picture, pieces, reading, written } = drawing;
  const draw = ({ label, model, layout, verbs }) => ({
    label,
    svg: written(picture.ErPicture({ model, layout, verbs, label })),
    scale: layout.scale,
  });
  globalThis.draw = (source, stage, beyond) => {
    const model = reading.readModel(source);
    if (!model) return "null";
    const found = beyond === null ? [pieces.wholeOf(model, stage)] : pieces.piecesOf(model, stage, beyond);
    return JSON.stringify(found.map(draw));
  };
})(); 0
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A picture, and what it is of: nothing for the whole, else the name of a section."""

    label: str
    svg: str


class _Drawer:
    """One context behind one lock: QuickJS must not be entered by two threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._context: Any = None

    def draw(self, source: str, beyond: str | None) -> list[dict[str, Any]] | None:
        arguments = ", ".join(json.dumps(value) for value in (source, STAGE, beyond))
        with self._lock:
            try:
                if self._context is None:
                    self._context = _boot()
                self._context.set_time_limit(SECONDS)
                told = str(self._context.eval(f"draw({arguments})"))
                self._context.set_time_limit(-1)
            except (quickjs.JSException, MemoryError):
                self._context = None
                return None
        found: list[dict[str, Any]] | None = json.loads(told)
        return found

    def forget(self) -> None:
        """Start anew in a forked child: the parent's other threads, and so its lock's holder, do not exist here."""
        if self._context is not None:
            _abandoned.append(self._context)
        self.__init__()  # type: ignore[misc]


#: Contexts inherited by a fork. Freeing them could touch a heap that another thread was changing at that moment.
_abandoned: list[Any] = []


def whole(source: str) -> str | None:
    """The diagram as one picture with everything in it."""
    found = _drawn(source, None)
    return found[0].svg if found else None


def pieces(source: str, beyond: str) -> list[Piece]:
    """The diagram as far as it can be read on a page: one picture, or an overview and then each of its sections.
    ``beyond`` stands above what a section is joined with outside. Nothing where it cannot be drawn here."""
    return _drawn(source, beyond) or []


def _drawn(source: str, beyond: str | None) -> list[Piece] | None:
    if len(source) > MAX_CHARACTERS:
        return None
    found = DRAWER.draw(source, beyond)
    return None if found is None else [Piece(one["label"], one["svg"]) for one in found]


@cache
def _script() -> str:
    without = Path(__file__).with_name("without_page.js").read_text("utf-8")
    doors = "classes: (...names) => names.filter(Boolean).join(' '), useMemo: (make) => make()"
    library = f"{{ ...{bundled(_LIBRARY)}, {doors} }}"
    instead = {"dom.js": library, "erd/measuring.js": "withoutPage.measuring"}
    linked = link(("erd/picture.js", "erd/pieces.js", "erd/reading.js"), instead)
    names = "picture: linked['erd/picture.js'], pieces: linked['erd/pieces.js'], reading: linked['erd/reading.js']"
    return f"const withoutPage = {without};\n{linked};\nconst drawing = {{ {names}, ...withoutPage }};\n{_ENTRY}"


def _boot() -> Any:
    context = quickjs.Context()
    context.set_memory_limit(MEMORY_BYTES)
    context.eval(_script())
    return context


DRAWER: Final = _Drawer()
os.register_at_fork(after_in_child=DRAWER.forget)
