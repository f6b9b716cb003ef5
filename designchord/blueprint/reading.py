"""Loosely written values: lists in any shape, texts within limits, names in their case, and notes of what was done."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from functools import lru_cache
from typing import Any

from designchord.blueprint.naming import fold, is_case, romanise, snake
from designchord.notation.problems import Fix, Problem

Fields = dict[str, Any]

#: How many of each list a blueprint holds, as the model says.
LIMITS = {
    "actors": 20,
    "requirements": 300,
    "entities": 60,
    "relations": 200,
    "operations": 200,
    "scenarios": 12,
    "assumptions": 200,
    "questions": 100,
}
_MAX_NESTED = 200
#: A label of more words is a sentence, not a name.
_LABEL_WORDS = 3
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_NOT_PLAIN = re.compile("[^a-z0-9]")


class Reader:
    """Reads single values. ``fixes`` and ``problems`` tell what was done and what was left out."""

    def __init__(self, translate: Callable[[str], str] | None = None) -> None:
        self.fixes: list[Fix] = []
        self.problems: list[Problem] = []
        #: Names that had to be spelled by their sound → as they were written.
        self.romanised: dict[str, str] = {}
        self._translate = translate

    def fixed(self, code: str, message: str) -> None:
        fix = Fix(f"blueprint.{code}", message)
        if fix not in self.fixes:
            self.fixes.append(fix)

    def dropped(self, message: str) -> None:
        """Something was left out because it names what does not exist."""
        self.fixed("dropped", message)
        self.problems.append(Problem(code="blueprint.dropped", severity="warning", message=message))

    def items(self, value: object, name: str, *, key: str = "id") -> list[Any]:
        """A list, whatever shape it was written in: a mapping from names, one item alone, nothing."""
        if value is None or value == "":
            return []
        if isinstance(value, dict):
            self.fixed("list", f"'{name}' was a mapping; its keys became names.")
            value = [
                {key: item_key, **item} if isinstance(item, dict) else _entry(item_key, item)
                for item_key, item in value.items()
            ]
        elif not isinstance(value, list):
            value = [value]
        limit = LIMITS.get(name, _MAX_NESTED)
        if len(value) > limit:
            self.fixed("limit", f"'{name}' had {len(value)} items; the first {limit} stay.")
        return [item for item in value[:limit] if item not in (None, "", {}, [])]

    def read_item(self, item: object, read: Callable[[str], Fields | None], what: str) -> Fields | None:
        if isinstance(item, dict):
            return {_key(str(key)): value for key, value in item.items()}
        fields = read(item) if isinstance(item, str) else None
        if fields is None:
            self.dropped(f"Could not read {what} '{shorten(item)}'.")
        return fields

    def note_extra(self, fields: Fields, known: Iterable[str], what: str) -> None:
        for key in fields.keys() - set(known):
            self.fixed("extra", f"Left out '{shorten(key)}' of {what}.")

    def name(
        self, written: object, case: Callable[[str], str], what: str, number: int, label: object = "",
        taken: Container[str] = (),
    ) -> str:  # fmt: skip
        """A name in its case and in ASCII; one of another script is looked up, and spelled where nobody knows it."""
        spelled = str(written or "").strip()
        told = str(label or "").strip()
        foreign = spelled if not spelled.isascii() else told if self._is_spelled(spelled, told) else ""
        if not foreign and is_case(spelled, case):
            return spelled
        english = case(self._english(foreign, told)) if foreign else ""
        if fold(english) in taken:
            english = ""
        name = english or case(spelled) or case(f"{what} {number}")
        if foreign and not english:
            self.romanised[name] = foreign
        if name != spelled:
            self.fixed("name", f"The {what} '{shorten(spelled) or '?'}' is named {name}.")
        return name

    def _english(self, foreign: str, label: str) -> str:
        """English for a name: by the dictionary, or its label where that is English."""
        found = self._translate(foreign) if self._translate is not None else ""
        if found or not label:
            return found
        if not label.isascii():
            return self._translate(label) if self._translate is not None else ""
        return label if len(label.split()) <= _LABEL_WORDS else ""

    @staticmethod
    def _is_spelled(name: str, label: str) -> bool:
        """Whether a name in Latin letters is nothing but the sound of its label."""
        return bool(name) and not label.isascii() and fold(romanise(label)) == fold(name)

    def remember(self, table: dict[str, str], name: str, *spellings: object) -> None:
        for spelling in (name, *spellings):
            if isinstance(spelling, str) and spelling.strip():
                table.setdefault(fold(spelling) or spelling.strip(), name)

    def text(self, value: object, limit: int) -> str:
        if value is None or isinstance(value, bool):
            return ""
        text = ", ".join(map(str, value)) if isinstance(value, list) else "" if isinstance(value, dict) else str(value)
        if not text.isprintable():
            text = _NOT_TEXT.sub("", text)
        text = text.strip()
        if len(text) > limit:
            self.fixed("limit", f"Shortened a text of {len(text)} characters to {limit}.")
            text = text[: limit - 1].rstrip() + "…"
        return text


def _key(written: str) -> str:
    return _known_key(written) if len(written) <= 64 else snake(written)


#: The same few keys stand in every item.
_known_key = lru_cache(maxsize=1024)(snake)


def _entry(key: object, item: object) -> Any:
    """One entry of a mapping that stands for a list: ``"due_on": "date?"`` → ``"due_on: date?"``."""
    return f"{key}: {item}" if isinstance(item, str) else {"id": key, "name": key}


def pick(fields: Fields, *names: str) -> Any:
    for name in names:
        value = fields.get(name)
        if value is not None and value != "":
            return value
    return None


def look_up(table: Mapping[str, str], written: object) -> str | None:
    if not isinstance(written, str):
        return None
    return table.get(fold(written)) or table.get(written.strip())


def plain(value: object) -> str:
    return _NOT_PLAIN.sub("", str(value).lower())


def shorten(value: object) -> str:
    text = " ".join(str(value or "").split())
    return text if len(text) <= 60 else text[:59] + "…"
