"""What this process needs for its first answer is loaded while a model writes it: a grammar, a schema, rules.

Afterwards it would be loaded when everybody waits for it: a good tenth of a second, once a process.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator

import structlog

from designchord.blueprint import answering
from designchord.blueprint.model import Brief
from designchord.consistency.report import cross_check
from designchord.kinds import registry
from designchord.kinds.base import Kind
from designchord.pipeline.turnstile import Turnstile

log = structlog.get_logger("designchord.warming")

_BRIEF = Brief("Loans", "A member borrows an item.", "", "en")

_BLUEPRINT = {
    "title": "Loans",
    "language": "en",
    "actors": [{"id": "Member", "label": "Member"}],
    "requirements": [{"id": "R1", "text": "A member can borrow an item."}],
    "entities": [{"name": "Loan", "label": "Loan", "attributes": [{"name": "id", "type": "uuid", "key": "primary"}]}],
    "operations": [
        {"id": "createLoan", "method": "POST", "path": "/loans", "summary": "Borrow", "entity": "Loan",
         "request": ["id"], "requirements": ["R1"]}
    ],
    "scenarios": [
        {"id": "borrow", "title": "Borrow", "actor": "Member", "requirements": ["R1"],
         "steps": [{"source": "Member", "target": "System", "message": "borrows", "operation": "createLoan"}]}
    ],
}  # fmt: skip

_begun = threading.Event()


def begin(turnstile: Turnstile) -> None:
    """Warm up in a thread of its own, when there is nothing more urgent to do; once a process."""
    if not _begun.is_set():
        _begun.set()
        threading.Thread(target=_run, args=(turnstile,), name="warm-up", daemon=True).start()


def _run(turnstile: Turnstile) -> None:
    try:
        for piece in pieces():
            with turnstile.working(urgent=False):
                piece()
    except Exception as error:  # noqa: BLE001 - nothing depends on it; whoever meets the same will say more
        log.warning("warm_up_failed", error=type(error).__name__)


def pieces() -> Iterator[Callable[[], object]]:
    """A small design, made piece by piece of what its model might answer."""
    text = json.dumps(_BLUEPRINT)
    yield lambda: answering.read(text, _BRIEF)
    yield from (lambda kind=kind: _check(kind, text) for kind in registry.KINDS.values())
    yield lambda: cross_check({}, answering.load(text), language="en")


def _check(kind: Kind, text: str) -> None:
    blueprint = answering.load(text)
    source = kind.skeleton(blueprint, kind.parts(blueprint)[0])
    kind.facts(source)
    assert not [problem for problem in kind.check(source) if problem.severity == "error"]  # noqa: S101 - made by us
