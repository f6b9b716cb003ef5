"""An answer that repeats what was shown instead of filling it in.

Prompts show a form whose places are marked: ``<EntityName>`` says what belongs there. An answer is an echo when such a
mark is still in it, when names of the form stand in it as names of the design, or when most of it is the prompt's own
words in the prompt's own order, so that also a prompt which shows a worked example cannot come back as an artifact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from designchord.notation.answer import reveal
from designchord.notation.problems import Problem

CODE: Final = "answer.echo"

_PLACEHOLDER = re.compile(r"<[A-Za-z][\w ',-]{1,80}>")
#: What can stand in an answer as a name without its brackets and is hardly a name that anybody chose.
_NAME = re.compile(r"<([A-Za-z]+(?:[a-z][A-Z]|_)\w+)>")
_WORD = re.compile(r"\w+")
#: Words in a row that count as repeated, and how many such rows an answer must have before they say anything.
_ROW = 5
_FEWEST_ROWS = 8
_SHARE = 0.5
#: How many names of the form make an answer one that only took the brackets away.
_FEWEST_NAMES = 2
_MAX_TOLD = 8


class _Form:
    """What an instruction shows."""

    def __init__(self, instruction: str) -> None:
        self.placeholders = tuple(dict.fromkeys(_PLACEHOLDER.findall(instruction)))
        self.names = [match[1] for one in self.placeholders if (match := _NAME.fullmatch(one))]
        self.words = _words(instruction)


def find_echo(answer: str, instruction: str, material: str = "") -> Problem | None:
    """What an answer repeats of the instruction that asked for it, as a problem to ask again with.

    What stands in the ``material`` that the answer is about may stand in the answer, too.
    """
    text = reveal(answer)
    form = _Form(instruction)
    left = [placeholder for placeholder in form.placeholders if placeholder in text and placeholder not in material]
    if not left:
        named = (name for name in form.names if name in text and name not in material)
        left = [name for name in named if re.search(rf"\b{name}\b", text)]
        # An audit log may well have an ``entity_name``; nobody has an entity ``EntityName`` beside it.
        left = left if len(left) >= _FEWEST_NAMES and not all("_" in name for name in left) else []
    if left:
        more = f" and {len(left) - _MAX_TOLD} more" if len(left) > _MAX_TOLD else ""
        message = f"The answer still holds words of the form that was shown: {', '.join(left[:_MAX_TOLD])}{more}."
    elif _repeats(_words(text), form.words):
        message = "The answer repeats what was shown as the form instead of filling it in."
    else:
        return None
    hint = "Write what the idea says in each of these places; leave out what it says nothing about."
    return Problem(code=CODE, severity="error", message=message, hint=hint)


def _repeats(words: list[str], shown: list[str]) -> bool:
    count = len(words) - _ROW + 1
    known = set(shown)
    # A row that was shown begins with a word that was shown: most answers are told apart by that.
    if count < _FEWEST_ROWS or sum(word in known for word in words) < _SHARE * count:
        return False
    rows = set(_rows(shown))
    return sum(row in rows for row in _rows(words)) >= _SHARE * count


def _words(text: str) -> list[str]:
    found: list[str] = _WORD.findall(text.casefold())
    return found


def _rows(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[at:] for at in range(_ROW)), strict=False)
