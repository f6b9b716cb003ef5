"""A blueprint while it is being written: what of its compact form is complete so far, whatever comes after it.

The text is read once, from its first brace on; of each list an item counts when its last character is there. What is
no JSON is passed over, so nothing here is refused: whether the whole is a blueprint is for :mod:`answering` to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from designchord.blueprint.model import (
    Actor,
    Blueprint,
    Brief,
    Entity,
    Operation,
    Relation,
    Requirement,
    Scenario,
)
from designchord.blueprint.normalising import Normaliser, Tell

#: What matters outside of strings.
_MARKS: Final = re.compile(r"[{}\[\],:\"]")
#: What ends a string, or hides its end.
_IN_STRING: Final = re.compile(r"[\"\\]")

#: Where lists stand: inside the outermost object.
_LIST_DEPTH: Final = 2

#: An item of more characters is none of a blueprint's, or its end was missed.
_MAX_ITEM_CHARS: Final = 50_000


class CompactReader:
    """Takes a text in pieces and gathers what is complete. Each character is looked at once.

    ``fields`` holds texts, and lists as far as they go; a list that was written as a mapping from names is one, too.
    """

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self._text = ""
        self._at = 0  # where reading goes on in the text that is kept
        self._start: int | None = None  # where the item or string begins that is not complete
        self._string: int | None = None
        self._escaped = False
        self._closers: list[str] = []
        self._key = ""
        self._name = ""
        self._expects_key = True

    def feed(self, piece: str) -> bool:
        """Whether something has become complete."""
        self._text += piece
        before = self._count()
        while self._at < len(self._text):
            if self._string is not None:
                if not self._read_string():
                    break
            elif (mark := _MARKS.search(self._text, self._at)) is None:
                self._at = len(self._text)
            else:
                self._at = mark.end()
                self._take(mark[0], mark.start())
        self._forget()
        return self._count() != before

    def _count(self) -> int:
        return sum(len(value) if isinstance(value, list) else 1 for value in self.fields.values())

    def _read_string(self) -> bool:
        """Read to the end of the string; False when that has not come yet."""
        if self._escaped:
            self._at, self._escaped = self._at + 1, False
        mark = _IN_STRING.search(self._text, self._at)
        if mark is None:
            self._at = len(self._text)
            return False
        self._at = mark.end()
        if mark[0] == "\\":
            self._escaped = self._at >= len(self._text)
            self._at += not self._escaped
            return True
        begin, self._string = self._string or 0, None
        self._end_string(begin)
        return True

    def _take(self, mark: str, at: int) -> None:
        depth = len(self._closers)
        if mark == '"':
            if depth:
                self._string = at
        elif mark in "{[":
            if depth or mark == "{":
                self._open("}" if mark == "{" else "]", at)
        elif mark in "}]":
            self._close(mark)
        elif mark == ",":
            self._expects_key = bool(self._closers) and self._closers[-1] == "}"
        elif depth:
            self._expects_key = False

    def _open(self, closer: str, at: int) -> None:
        if len(self._closers) == _LIST_DEPTH and self._start is None:
            self._start = at
        self._closers.append(closer)
        self._expects_key = closer == "}"
        if len(self._closers) == _LIST_DEPTH:
            self.fields.setdefault(self._key, [])

    def _close(self, mark: str) -> None:
        if not self._closers or self._closers[-1] != mark:
            return  # a model's slip; the whole is judged later
        self._closers.pop()
        if len(self._closers) == _LIST_DEPTH and self._start is not None:
            self._keep(self._text[self._start : self._at])

    def _end_string(self, begin: int) -> None:
        depth = len(self._closers)
        if depth > _LIST_DEPTH:
            return
        text = self._text[begin : self._at]
        named = self._closers[-1] == "}" and self._expects_key
        if depth == 1 and named:
            self._key = _loaded(text) or ""
        elif depth == 1:
            self.fields[self._key] = _loaded(text)
        elif named:
            self._name = _loaded(text) or ""
        elif depth == _LIST_DEPTH:
            self._keep(text)

    def _keep(self, text: str) -> None:
        self._start = None
        item = _loaded(text)
        if self._closers[-1] == "}" and isinstance(item, dict):
            item = {"name": self._name, "id": self._name, **item}
        items = self.fields.setdefault(self._key, [])
        if item is not None and isinstance(items, list):
            items.append(item)

    def _forget(self) -> None:
        """Let go of what was read; an item that does not end is given up."""
        begins = [place for place in (self._start, self._string) if place is not None]
        keep = min(begins, default=self._at)
        if len(self._text) - keep > _MAX_ITEM_CHARS:
            keep, self._start = self._at, None
            self._string = None if self._string is None else self._at
        self._text, self._at = self._text[keep:], self._at - keep
        self._start = None if self._start is None else self._start - keep
        self._string = None if self._string is None else self._string - keep


class GrowingBlueprint:
    """What a model's answer says so far, named and repaired as the whole answer will be."""

    def __init__(
        self,
        brief: Brief,
        requirements: Sequence[Requirement],
        translate: Callable[[str], str] | None = None,
        tell: Tell | None = None,
    ) -> None:
        self._brief, self._requirements, self._translate, self._tell = brief, requirements, translate, tell
        self._reader = CompactReader()

    def feed(self, piece: str) -> bool:
        """Whether something has become complete."""
        return self._reader.feed(piece)

    def read(self) -> Blueprint:
        """The blueprint so far. It may lack what a whole one must have; what does not pass its model is left out."""
        normaliser = Normaliser(self._brief, self._requirements, translate=self._translate, tell=self._tell)
        raw = normaliser.normalise(dict(self._reader.fields))
        lists: dict[str, Any] = {name: _valid(model, raw[name]) for name, model in _LISTS.items()}
        return Blueprint.model_construct(
            title=raw["title"], summary=raw["summary"], language=self._brief.language, **lists
        )


_LISTS: Final[dict[str, type[BaseModel]]] = {
    "actors": Actor,
    "requirements": Requirement,
    "entities": Entity,
    "relations": Relation,
    "operations": Operation,
    "scenarios": Scenario,
}


def _valid(model: type[BaseModel], items: Sequence[Any]) -> tuple[BaseModel, ...]:
    valid = []
    for item in items:
        try:
            valid.append(model.model_validate(item))
        except ValidationError:
            continue
    return tuple(valid)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
