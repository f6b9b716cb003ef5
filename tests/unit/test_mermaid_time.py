"""Hostile texts: twice the size takes about twice the time. Ratios are compared, never seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from designchord.notation.mermaid import limits, preamble
from designchord.notation.mermaid.diagnosis import explain
from designchord.notation.mermaid.families.er import RULES as ER
from designchord.notation.mermaid.families.er.fixes import fix as fix_er
from designchord.notation.mermaid.families.sequence import RULES as SEQUENCE
from designchord.notation.mermaid.families.sequence.fixes import fix as fix_sequence

S, E = "sequenceDiagram\n", "erDiagram\n"
#: A text that grows with its number, for what is read line by line and for what is read as a whole.
TEXTS: dict[str, Callable[[int], str]] = {
    "directives that do not end": lambda n: "%%{\n" * n,
    "directives": lambda n: "%%{a}%%" * n,
    "front matter that does not end": lambda n: "---\n" + " - \n" * n,
    "blank lines": lambda n: "\n \n" * n + "---",
    "links of blanks": lambda n: S + ("link " + " " * 200 + "\n") * (n // 50),
    "opening brackets": lambda n: S + "A->>B: " + "<a " * n,
    "handlers": lambda n: S + "A->>B: <" + " onx" * n,
    "formulas that do not end": lambda n: S + "A->>B: $$" + "$ " * n,
    "dollars": lambda n: S + "A->>B: " + "$" * n,
    "arrows": lambda n: S + "A->>B" * (n // 6),
    "colons": lambda n: S + "A" + ":" * (n // 2),
    "blanks before an arrow": lambda n: S + ("A" + " " * 300 + "B\n") * (n // 50),
    "semicolons": lambda n: S + "A->>B: " + "a;" * n,
    "notes": lambda n: S + "note over A\n" * n,
    "words": lambda n: E + "word " * (n // 6),
    "attributes": lambda n: E + "A {\n" + "  string a NOT NULL\n" * n,
    "openings": lambda n: E + "A {\n" * n,
    "relations without ends": lambda n: E + "A -- B C D\n" * n,
    "quotes": lambda n: E + 'A ||--o{ B : "' + '" "' * n,
    "brackets": lambda n: E + "A[" * n,
    "broken lines": lambda n: E + "A ||--o{ B C\n" * n,
}
LOOKS: dict[str, Callable[[str], object]] = {
    "preamble": preamble.read,
    "refusals": lambda text: limits.refuse(text, preamble.read(text)),
    "limits": limits.exceeded,
    "causes of a sequence diagram": lambda text: explain(text, SEQUENCE, _error(text)),
    "causes of an ER diagram": lambda text: explain(text, ER, _error(text)),
}


def _error(text: str) -> dict[str, object]:
    row = text.count("\n") + 1
    return {
        "kind": "syntax", "token": "x", "text": "x", "expected": [], "message": "", "at": {"line": row, "column": 1},
    }  # fmt: skip


def _seconds(look: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        look(text)
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("look", LOOKS)
def test_twice_the_text_takes_about_twice_the_time(look: str, text: str) -> None:
    size = 2_000
    for _ in range(4):  # on a busy machine a single ratio may be anything
        once, twice = (_seconds(LOOKS[look], TEXTS[text](n)) for n in (size, 2 * size))
        if twice < 0.004 or twice < 3 * once:
            return
    pytest.fail(f"{text}: {once:.4f} s, then {twice:.4f} s")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("fix", [fix_er, fix_sequence])
def test_repairs_of_hostile_texts_take_no_more_time_each_time_they_double(
    fix: Callable[[str], object], text: str
) -> None:
    sizes = [n for n in (100, 200, 400) if len(TEXTS[text](n)) < limits.MAX_CHARACTERS]
    for attempt in range(4):
        times = []
        for n in sizes:
            fresh = f"{TEXTS[text](n)}\n%% {attempt}"  # what was read lately is remembered
            began = time.process_time()
            fix(fresh)
            times.append(time.process_time() - began)
        if times[-1] < 0.1 or times[-1] < 3.5 * times[-2]:
            return
    pytest.fail(f"{text}: {times}")
