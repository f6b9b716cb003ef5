"""Where whatever is raised is caught: at the steps' boundary, and in the one function for foreign code and threads."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from designchord.errors import Stopped, outcome_of

PACKAGE = Path(__file__).resolve().parents[2] / "designchord"
ALLOWED = {"errors.py", "pipeline/steps.py"}


def broad(tree: ast.AST) -> Iterator[ast.AST]:
    """Handlers and ``suppress`` of everything, unless what was caught is raised again."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and _is_everything(node.type) and not _raises_again(node):
            yield node
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "suppress"
            and any(map(_is_everything, node.args))
        ):
            yield node


def _is_everything(caught: ast.expr | None) -> bool:
    named = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(name is None or getattr(name, "id", "") in {"Exception", "BaseException"} for name in named)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))


def test_everything_is_caught_in_two_places_only() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if list(broad(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == ALLOWED


def test_an_outcome_is_the_result_or_what_was_raised_but_never_hides_an_exit() -> None:
    stopped = Stopped()

    def stop() -> None:
        raise stopped

    def leave() -> None:
        raise SystemExit(3)

    assert outcome_of(lambda: 7) == 7
    assert outcome_of(stop) is stopped
    with pytest.raises(SystemExit):
        outcome_of(leave)
