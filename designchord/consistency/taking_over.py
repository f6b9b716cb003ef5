"""Lines that a part takes over from what the blueprint compiles to, where they and nothing else mend a violation.

Nothing is known here of how a part is written: the compiled text is compared with the part's, and a place where lines
are missing is a mend when, with them, the violation is gone, the part is still right and nothing else disagrees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any, Final

from designchord.consistency.facts import DesignFacts, Key
from designchord.consistency.messages import MESSAGES, Violation
from designchord.kinds.registry import KINDS
from designchord.notation.problems import has_errors

#: Longer texts are not compared, and so many places are tried.
_MOST_LINES: Final = 6_000
_MOST_TRIED: Final = 8


@dataclass(frozen=True, slots=True)
class Edit:
    """From ``line`` on, counted from 1, ``new`` lines instead of the ``old`` ones."""

    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"line": self.line, "old": list(self.old), "new": list(self.new)}


#: A violation wherever it stands: its code and its values.
_Same = tuple[str, tuple[tuple[str, str], ...]]
Judge = Callable[[DesignFacts], list[Violation]]


class TakingOver:
    """Finds the edits of a design's parts; what is compared once is known for all violations."""

    def __init__(self, design: DesignFacts, judge: Judge) -> None:
        self._design = design
        self._judge = judge
        self._known: dict[Key, list[Edit]] = {}

    def missing_lines(self, violation: Violation, key: Key, needles: Sequence[str]) -> tuple[Edit, ...]:
        """The edits of a part that mend a violation; none where no lines with the ``needles`` do."""
        if key not in self._known:
            self._known[key] = list(self._additions(key))
        found = [edit for edit in self._known[key] if any(_named(needle, edit) for needle in needles)]
        place = violation.place
        here = place.line if place and (place.kind, place.part) == key and place.line else 0
        found = sorted(found, key=lambda edit: abs(edit.line - here) if here else len(edit.new))[:_MOST_TRIED]
        tries: list[tuple[Edit, ...]] = [(edit,) for edit in found]
        if len(found) > 1:
            tries.append(tuple(sorted(found, key=lambda edit: edit.line)))
        return next((edits for edits in tries if self._mends(violation, key, edits)), ())

    def _additions(self, key: Key) -> Iterator[Edit]:
        compiled, source = _compiled(self._design, key), self._design.sources.get(key)
        if compiled is None or source is None:
            return
        have, want = source.split("\n"), compiled.split("\n")
        if max(len(have), len(want)) <= _MOST_LINES:
            yield from _additions(have, want)

    @cached_property
    def _before(self) -> Counter[_Same]:
        return Counter(map(_same, self._judge(self._design)))

    def _mends(self, violation: Violation, key: Key, edits: tuple[Edit, ...]) -> bool:
        design, kind = self._design, KINDS[key[0]]
        source = edited(design.sources[key], edits)
        if has_errors(kind.check(source)):
            return False
        facts = kind.facts(source)
        if facts is None:
            return False
        facts_then, sources_then = {**design.facts, key: facts}, {**design.sources, key: source}
        then = Counter(
            map(_same, self._judge(DesignFacts(facts_then, sources_then, design.blueprint, design.unreadable)))
        )
        if _same(violation) in then:
            return False
        return not any(times > self._before[one] and MESSAGES[one[0]].severity != "info" for one, times in then.items())


def _compiled(design: DesignFacts, key: Key) -> str | None:
    if design.blueprint is None:
        return None
    kind = KINDS[key[0]]
    part = next((one for one in kind.parts(design.blueprint) if one.key == key[1]), None)
    return None if part is None else kind.skeleton(design.blueprint, part)


def _additions(have: list[str], want: list[str]) -> Iterator[Edit]:
    """Where the compiled text has more. A line that has to go stays in sight, with or without a comma at its end."""
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, have, want).get_opcodes():
        old, new = tuple(have[i1:i2]), tuple(want[j1:j2])
        if tag == "insert" or (tag == "replace" and not Counter(map(_bare, old)) - Counter(map(_bare, new))):
            yield Edit(i1 + 1, old, new)


def _bare(line: str) -> str:
    return line.strip().removesuffix(",")


def _named(needle: str, edit: Edit) -> bool:
    folded = needle.casefold()
    return any(folded in line.casefold() for line in edit.new)


def edited(source: str, edits: Sequence[Edit]) -> str:
    """The text with the edits, which stand in the order of their lines."""
    lines = source.split("\n")
    for edit in reversed(edits):
        lines[edit.line - 1 : edit.line - 1 + len(edit.old)] = edit.new
    return "\n".join(lines)


def _same(violation: Violation) -> _Same:
    """A violation wherever it stands: lines move."""
    return violation.code, tuple(sorted(violation.values.items()))
