"""What goes round in circles is told from what is long and regular."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designchord.notation.repetition import is_circling


@pytest.mark.parametrize(
    "unit",
    [
        "and so on ",
        "System -->> Member: 200 확인한다\n",
        '{"id": "step-17", "name": "step"},\n',
        " ",
        "12. Item 12 is kept.\n",
    ],
)
def test_an_answer_that_goes_round_in_circles_is_recognised(unit: str) -> None:
    assert is_circling("Here is the answer:\n" + unit * (4000 // len(unit) + 1))


def test_a_list_that_only_counts_on_is_a_circle_and_one_that_says_something_is_not() -> None:
    assert is_circling("\n".join(f"R{n} must be fulfilled by operation number {n}" for n in range(200)))
    told = [{"name": f"field_{chr(97 + n % 26)}{chr(97 + n // 26)}", "type": "string"} for n in range(200)]
    assert not is_circling(json.dumps(told, indent=1))


def test_a_circle_that_was_left_is_none() -> None:
    assert not is_circling("ha " * 2000 + "That was a joke; the design follows. It has three entities and five calls.")


@given(st.lists(st.text(min_size=1, max_size=40), max_size=60))
def test_a_few_rounds_are_no_circle(pieces: list[str]) -> None:
    assert not is_circling("\n".join(dict.fromkeys(pieces))[:900])
