"""Two changes of one text: put together where they do not meet, shown where they do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from designchord.notation.merging import merge

LINES = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=8).map(
    lambda lines: "".join(f"{one}\n" for one in lines)
)


def test_changes_in_different_places_go_together() -> None:
    merged = merge("a\nb\nc\n", "a\nmine\nb\nc\n", "a\nb\ntheirs\n")
    assert merged.text == "a\nmine\nb\ntheirs\n"


def test_changes_of_one_line_are_shown_with_both_sides() -> None:
    merged = merge("a\nb\nc\n", "a\nmine\nc\n", "a\ntheirs\nc\n")
    assert merged.text is None
    assert [(one.line, one.yours, one.theirs) for one in merged.clashes] == [(2, "mine\n", "theirs\n")]


def test_a_new_name_reaches_a_line_that_was_edited() -> None:
    base, yours, theirs = "Member ||--o{ Loan\n", "Member ||--o{ Loan : borrows\n", "Customer ||--o{ Loan\n"
    merged = merge(base, yours, theirs, renamed={"Member": "Customer"})
    assert merged.text == "Customer ||--o{ Loan : borrows\n"


@given(LINES, LINES, LINES)
def test_whoever_changed_nothing_gets_the_other(base: str, one: str, other: str) -> None:
    assert merge(base, base, one).text == one
    assert merge(base, one, base).text == one
    assert merge(base, one, one).text == one
    both, turned = merge(base, one, other), merge(base, other, one)
    assert (both.text is None) == (turned.text is None)
