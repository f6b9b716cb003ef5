"""Where something stands in the text of a document: paths to lines and columns, computed only when asked for.

A path is a tuple of keys and indexes (``("paths", "/loans", "get")``). One pass over the text finds any number of
paths; a path that is not there (a missing key, something behind an alias) gets the place of its nearest ancestor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson
import yaml

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """Line and column, from 1."""

    line: int
    column: int


class Step(NamedTuple):
    """One thing met on the way through a text: where, and the path of the value (or key) that begins here."""

    place: Place
    path: Path
    is_key: bool
    repeated: bool


def locate(text: str, is_json: bool, paths: Iterable[Path]) -> dict[Path, Place]:
    """The place of each path: of its key where it has one, else of its value."""
    asked = set(paths)
    wanted = _with_holders(asked)
    places: dict[Path, Place] = {}
    for step in _walk_json(text, wanted) if is_json else _walk_yaml(text):
        if step.path in wanted:
            places.setdefault(step.path, step.place)
    return {path: _nearest(path, places) for path in asked}


def _with_holders(asked: Iterable[Path]) -> set[Path]:
    """Paths with those of all that holds what is there."""
    wanted: set[Path] = {()}
    for path in asked:
        while path not in wanted:
            wanted.add(path)
            path = path[:-1]
    return wanted


def locate_written(text: str, paths: Iterable[Path]) -> dict[Path, Place]:
    """The same for a text that ``writing.to_json`` wrote, where a key is found by its indentation alone."""
    asked = dict.fromkeys(paths)
    if any(isinstance(part, int) for path in asked for part in path):
        return locate(text, True, asked)
    lines = _WrittenLines(text)
    found = sorted((*lines.nearest(path), path) for path in asked)
    counter = _LineCounter(text)
    return {path: Place(counter.place(start).line, 2 * depth + 1) for start, depth, path in found}


class _WrittenLines:
    """Where keys begin in a text with one key a line, two blanks deeper than what holds it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: dict[Path, int] = {(): 0}
        self._spans: dict[Path, tuple[int, int]] = {}
        #: Where the last key was found inside a mapping: keys are mostly asked for in their order.
        self._last: dict[Path, int] = {}

    def nearest(self, path: Path) -> tuple[int, int]:
        """Where a path's key begins, or that of its nearest ancestor that is there, and how deep that is."""
        return next((start, depth) for depth in range(len(path), -1, -1) if (start := self.start(path[:depth])) >= 0)

    def start(self, path: Path) -> int:
        """The place of a key, or -1 where there is none."""
        known = self._starts.get(path)
        if known is None:
            parent, indent = path[:-1], "  " * len(path)
            begin, end = self._span(parent)
            line = f"\n{indent}{_quoted(path[-1])}: "
            last = self._last.get(parent, begin)
            known = self._text.find(line, last, end)
            if known < 0 and last > begin:
                known = self._text.find(line, begin, min(last + len(line), end))
            if known >= 0:
                self._last[parent] = known
                known += 1 + len(indent)
            self._starts[path] = known
        return known

    def _span(self, path: Path) -> tuple[int, int]:
        """From where to where the lines inside a mapping go; nowhere for anything else."""
        known = self._spans.get(path)
        if known is None:
            start = self.start(path)
            opens = start + len(f"{_quoted(path[-1])}: ") if path else 0
            if start < 0 or not self._text.startswith("{\n", opens):
                known = (0, 0)
            else:
                known = (opens, self._text.find(f"\n{'  ' * len(path)}}}", opens))
            self._spans[path] = known
        return known


def _quoted(key: str | int) -> str:
    return orjson.dumps(key).decode()


def repeated_keys(text: str, is_json: bool) -> list[tuple[Path, Place]]:
    """Keys that stand more than once in one mapping, at their later places."""
    steps = _walk_json(text, None) if is_json else _walk_yaml(text)
    return [(step.path, step.place) for step in steps if step.repeated]


def _nearest(path: Path, places: dict[Path, Place]) -> Place:
    for length in range(len(path), -1, -1):
        if path[:length] in places:
            return places[path[:length]]
    return Place(1, 1)


class _Frame:
    """An open mapping or sequence."""

    __slots__ = ("index", "keys", "path", "slot")

    def __init__(self, path: Path, mapping: bool) -> None:
        self.path = path
        self.keys: set[str] | None = set() if mapping else None
        self.index = 0
        #: The key whose value comes next, in a mapping.
        self.slot: str | None = None

    def next_path(self) -> Path:
        """The path of the value that begins now."""
        if self.keys is None:
            self.index += 1
            return (*self.path, self.index - 1)
        slot, self.slot = self.slot, None
        return (*self.path, slot or "")

    def key(self, name: str) -> bool:
        """Take a key whose value comes next; whether it stood here before."""
        keys = self.keys if self.keys is not None else set()
        repeated = name in keys
        keys.add(name)
        self.slot = name
        return repeated

    @property
    def expects_key(self) -> bool:
        return self.keys is not None and self.slot is None


def _walk_yaml(text: str) -> Iterator[Step]:
    stack: list[_Frame] = []
    skipping = 0  # inside a key that is itself a collection
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            if skipping:
                skipping -= 1
            else:
                stack.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        opens = isinstance(event, yaml.CollectionStartEvent)
        if skipping:
            skipping += opens
            continue
        mark = event.start_mark
        place = Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)
        frame = stack[-1] if stack else None
        if frame is not None and frame.expects_key:
            if isinstance(event, yaml.ScalarEvent):
                repeated = frame.key(event.value)
                yield Step(place, (*frame.path, event.value), True, repeated and event.value != "<<")
            else:
                skipping += opens
                frame.slot = ""
            continue
        path = frame.next_path() if frame is not None else ()
        yield Step(place, path, False, False)
        if opens:
            stack.append(_Frame(path, isinstance(event, yaml.MappingStartEvent)))


_JSON_TEXT = r'"[^"\\]*+(?:\\.[^"\\]*+)*+'
_JSON_TOKEN = re.compile(rf'{_JSON_TEXT}"?|[{{}}\[\]]|[^\s{{}}\[\],:"]+', re.DOTALL)
#: As far as no bracket stands, texts stepped over.
_BETWEEN = re.compile(rf'[^{{}}\[\]"]*+(?:{_JSON_TEXT}"[^{{}}\[\]"]*+)*+', re.DOTALL)


def _walk_json(text: str, wanted: set[Path] | None) -> Iterator[Step]:
    stack: list[_Frame] = []
    lines = _LineCounter(text)
    at = 0
    while (token := _JSON_TOKEN.search(text, at)) is not None:
        at = token.end()
        sign = token[0]
        if sign in "}]":
            stack.pop()
            continue
        frame = stack[-1] if stack else None
        if frame is not None and frame.expects_key:
            name = json.loads(sign, strict=False) if "\\" in sign else sign[1:-1]
            repeated, path = frame.key(name), (*frame.path, name)
            if repeated or wanted is None or path in wanted:
                yield Step(lines.place(token.start()), path, True, repeated)
            continue
        path = frame.next_path() if frame is not None else ()
        asked = wanted is None or path in wanted
        if asked:
            yield Step(lines.place(token.start()), path, False, False)
        if sign in "{[":
            if asked:
                stack.append(_Frame(path, sign == "{"))
            else:
                at = _end_of(text, at)


def _end_of(text: str, at: int) -> int:
    """Where what was opened before a place is closed again: nothing in it was asked for, only brackets matter."""
    depth = 1
    while depth:
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        depth += 1 if text[at : at + 1] in ("{", "[") else -1
        at += 1
    return at


class _LineCounter:
    """Places of rising positions, each stretch of the text looked at once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line = 1
        self._line_start = 0
        self._counted = 0

    def place(self, position: int) -> Place:
        newlines = self._text.count("\n", self._counted, position)
        if newlines:
            self._line += newlines
            self._line_start = self._text.rindex("\n", self._counted, position) + 1
        self._counted = position
        return Place(self._line, position - self._line_start + 1)
