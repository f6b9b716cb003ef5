"""What designchord can know of a family of diagrams beyond Mermaid's own grammar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from designchord.notation.mermaid.causes import Cause, Explanation, fence, placeholder
from designchord.notation.problems import Problem


def _no_model(told: dict[str, Any]) -> None:
    return None


def _no_mistakes(model: Any, text: str) -> tuple[Problem, ...]:
    return ()


def _no_explanation(message: str, lines: list[str]) -> Explanation | None:
    return None


def _no_shift(lines: list[str], row: int) -> tuple[int, int] | None:
    return None


@dataclass(frozen=True, slots=True)
class Rules:
    """``read`` makes a model of what the grammar tells; ``find_mistakes`` looks at what parses and is still wrong.

    ``causes`` explain a text that does not parse, the most telling first; ``broken_rule`` explains what the grammar
    reads and Mermaid then refuses. ``shift`` finds the line whose mistake the parser notices in a later one only.
    """

    read: Callable[[dict[str, Any]], Any] = _no_model
    find_mistakes: Callable[[Any, str], tuple[Problem, ...]] = _no_mistakes
    causes: tuple[Cause, ...] = (fence, placeholder)
    broken_rule: Callable[[str, list[str]], Explanation | None] = _no_explanation
    shift: Callable[[list[str], int], tuple[int, int] | None] = _no_shift
