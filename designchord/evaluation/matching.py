"""What of the expected is there, and by which rule it was recognised.

Rules go from the strictest to the most lenient; each expected and each made thing is used once, so that one made
thing never counts for two expected ones. Every match carries its rule: whoever reads the result can disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from designchord.blueprint.naming import fold, singular, split_words
from designchord.consistency.names import path_shape
from designchord.evaluation.ideas import Names
from designchord.evaluation.results import Match, Score

EntityRule = Literal["name", "label", "synonym", "order", "affix", "qualified"]

#: What people put before or behind the names of tables and classes.
_AFFIXES = frozenset({"tb", "tbl", "table", "entity", "model", "info", "data"})


@dataclass(frozen=True, slots=True)
class Made:
    """Something that was made. ``assumed``: the design itself says that the text does not speak of it."""

    name: str
    label: str = ""
    assumed: bool = False


def match_entities(expected: Sequence[Names], made: Sequence[Made]) -> Score:
    """Expected and made entities, paired.

    ``name``: the same but for case, number and ``snake_case``; ``label``: the same as the label in the user's
    language; ``synonym``: another word for it (``synonyms.txt``), as a whole or word by word; ``order``: the same words
    in another order, as names of junctions have; ``affix``: the same without words such as ``tbl``; ``qualified``: one
    says whose it is and the other does not (``product_like`` and ``Like``, where there is a product).
    """
    known = {fold(name) for names in expected for name in names} | {fold(one.name) for one in made}
    rules: tuple[tuple[EntityRule, Callable[[str, Made], bool]], ...] = (
        ("name", lambda name, one: fold(name) == fold(one.name)),
        ("label", lambda name, one: bool(one.label) and fold(name) == fold(one.label)),
        ("synonym", lambda name, one: synonymous(name, one.name) or bool(one.label and synonymous(name, one.label))),
        ("order", lambda name, one: sorted(_words(name)) == sorted(_words(one.name))),
        ("affix", lambda name, one: _bare(name) == _bare(one.name)),
        ("qualified", lambda name, one: _qualified(_words(name), _words(one.name), known)),
    )
    return _pair(expected, made, rules)


def match_operations(expected: Sequence[Names], made: Sequence[Made]) -> Score:
    """Expected and made operations, written ``GET /loans/{id}``, paired.

    ``path``: the same method and path, whatever parameters are called and words are in the plural; ``update``: the same
    but for ``PUT`` and ``PATCH``; ``resource``: the same method on the same last resource, reached by another way.
    """
    rules: tuple[tuple[str, Callable[[str, Made], bool]], ...] = (
        ("path", lambda name, one: _call(name) == _call(one.name)),
        ("update", lambda name, one: _call(name, merged=True) == _call(one.name, merged=True)),
        ("resource", lambda name, one: _reached(name) == _reached(one.name)),
    )
    return _pair(expected, made, rules)


def synonymous(one: str, other: str) -> bool:
    """Whether two names are words for the same thing, as a whole or, where there are several words, word by word."""
    if _group(fold(one)) & _group(fold(other)):
        return True
    first, second = _words(one), _words(other)
    if len(first) != len(second) or len(first) < 2:
        return False
    return all(a == b or bool(_group(a) & _group(b)) for a, b in zip(first, second, strict=True))


def _pair(
    expected: Sequence[Names], made: Sequence[Made], rules: Sequence[tuple[str, Callable[[str, Made], bool]]]
) -> Score:
    left = list(range(len(made)))
    found: dict[int, Match] = {}
    for rule, same in rules:
        for index, names in enumerate(expected):
            if index in found:
                continue
            hit = next((at for at in left if any(same(name, made[at]) for name in names)), None)
            if hit is not None:
                left.remove(hit)
                found[index] = Match(expected=names[0], made=made[hit].name, rule=rule)
    return Score(
        matched=tuple(found[index] for index in sorted(found)),
        missed=tuple(names[0] for index, names in enumerate(expected) if index not in found),
        extra=tuple(made[at].name for at in left if not made[at].assumed),
        assumed=tuple(made[at].name for at in left if made[at].assumed),
    )


def _words(name: str) -> tuple[str, ...]:
    return tuple(singular(word) for word in split_words(name))


def _bare(name: str) -> tuple[str, ...]:
    return tuple(word for word in _words(name) if word not in _AFFIXES) or _words(name)


def _qualified(one: tuple[str, ...], other: tuple[str, ...], known: set[str]) -> bool:
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    if len(longer) == len(shorter) or not shorter or longer[-len(shorter) :] != shorter:
        return False
    return "".join(longer[: -len(shorter)]) in known


def _call(operation: str, *, merged: bool = False) -> tuple[str, tuple[str, ...]]:
    method, path = operation.split(maxsplit=1)
    method = method.upper()
    shape = tuple(part if part == "{}" else fold(part) for part in path_shape(path))
    return ("PUT" if merged and method == "PATCH" else method), shape


def _reached(operation: str) -> tuple[str, tuple[str, ...]]:
    """The method and the end of the path: the last word, and the parameter behind it."""
    method, shape = _call(operation, merged=True)
    words = [at for at, part in enumerate(shape) if part != "{}"]
    return method, shape[words[-1] :] if words else shape


@cache
def _groups() -> dict[str, frozenset[int]]:
    """The numbers of the groups that a word is in."""
    text = resources.files("designchord.evaluation").joinpath("synonyms.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: dict[str, set[int]] = {}
    for number, line in enumerate(lines):
        for word in line.split(","):
            found.setdefault(fold(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


def _group(word: str) -> frozenset[int]:
    return _groups().get(word, frozenset())
