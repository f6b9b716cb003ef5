"""Mermaid's own parsers, run in-process by QuickJS: text in, plain data out.

There are two bundles of them: the families that designchord has rules of, which every design needs, and all others,
which are loaded when such a diagram is met.

A QuickJS context must never be entered by two threads at once, so each is paired with one lock. A context that was
interrupted (time, memory) is thrown away, and a forked child starts with a fresh one.
"""

from __future__ import annotations

import json
import os
import threading
import time
from functools import cache
from importlib.resources import files
from typing import Any, Final

import orjson
import quickjs

CPU_SECONDS: Final = 3.0
MEMORY_BYTES: Final = 192 << 20
STACK_BYTES: Final = 1 << 20
#: A context is replaced after this many texts, so that what upstream keeps in caches cannot grow for ever.
TEXTS_PER_CONTEXT: Final = 2000

#: Contexts inherited by a fork. Freeing them could touch a heap that another thread was changing at that moment.
_abandoned: list[Any] = []


class GrammarStopped(Exception):
    """The text needed more time or memory than is allowed."""


@cache
def _bundle(name: str) -> str:
    folder = files("designchord.notation") / "vendor" / "mermaid"
    return (folder / name).read_text(encoding="utf-8") + ";0"


class Grammar:
    """One QuickJS context behind one lock, with the families of one bundle: those that are ``checked``, or the others.

    ``plainly``: with jison's own slow loops, to compare with.
    """

    def __init__(self, *, checked: bool = True, plainly: bool = False) -> None:
        self._checked, self._plainly = checked, plainly
        self._lock = threading.Lock()
        self._context: Any = None
        self._texts = 0

    def parse(self, text: str) -> dict[str, Any]:
        """``{"ok": true, "type", "model"}`` or ``{"ok": false, "error"}``; raises ``GrammarStopped`` at a limit."""
        with self._lock:
            if self._context is None or self._texts >= TEXTS_PER_CONTEXT:
                self._context = _boot(
                    "mermaid-grammar.js" if self._checked else "mermaid-grammar-more.js", self._plainly
                )
                self._texts = 0
            self._texts += 1
            try:
                told = _run(self._context, text)
            except (quickjs.JSException, GrammarStopped, MemoryError) as stopped:
                self._context = None
                raise GrammarStopped from stopped
        return _read(told)

    def forget(self) -> None:
        """Start anew in a forked child: the parent's other threads, and so its lock's holder, do not exist here."""
        if self._context is not None:
            _abandoned.append(self._context)
        self.__init__(checked=self._checked, plainly=self._plainly)  # type: ignore[misc]


def _read(told: str) -> dict[str, Any]:
    answer: dict[str, Any]
    try:
        answer = orjson.loads(told)
    except orjson.JSONDecodeError:  # halves of surrogate pairs
        answer = json.loads(told)
    return answer


def _boot(bundle: str, plainly: bool) -> Any:
    context = quickjs.Context()
    context.set_max_stack_size(STACK_BYTES)
    context.set_memory_limit(MEMORY_BYTES)
    context.eval(_bundle(bundle))
    _drain(context, time.monotonic() + 60)
    context.eval(f"grammar.plainly = {json.dumps(plainly)};0")
    return context


def _run(context: Any, text: str) -> str:
    context.set_time_limit(CPU_SECONDS)
    context.eval(f"grammar.start({json.dumps(text)});0")  # ASCII JSON: safe for U+2028 and lone surrogates
    _drain(context, time.monotonic() + 2 * CPU_SECONDS)
    out = context.eval("grammar.out === null ? null : String(grammar.out).slice(0)")  # slice(0) flattens ropes
    if out is None:
        raise GrammarStopped
    context.set_time_limit(-1)
    return str(out)


def _drain(context: Any, deadline: float) -> None:
    """Run the pending promise jobs; QuickJS raises ``StopIteration`` where there is none on some versions."""
    try:
        while context.execute_pending_job():
            if time.monotonic() > deadline:
                raise GrammarStopped
    except StopIteration:
        return


#: By whether a family is checked.
GRAMMARS: Final = {checked: Grammar(checked=checked) for checked in (True, False)}
for _grammar in GRAMMARS.values():
    os.register_at_fork(after_in_child=_grammar.forget)
