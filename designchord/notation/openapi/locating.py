"""Where something stands in the text of a document: paths to lines and columns, computed only when asked for.

A path is a tuple of keys and indexes (``("paths", "/loans", "get")``). One pass over the text finds any number of
paths; a path that is not there (a missing key, something behind an alias) gets the place of its nearest ancestor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from json import JSONDecoder
from typing import NamedTuple

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
    wanted = {path[:length] for path in asked for length in range(len(path) + 1)}
    places: dict[Path, Place] = {}
    for step in walk(text, is_json):
        if step.path in wanted:
            places.setdefault(step.path, step.place)
    return {path: _nearest(path, places) for path in asked}


def repeated_keys(text: str, is_json: bool) -> list[tuple[Path, Place]]:
    """Keys that stand more than once in one mapping, at their later places."""
    return [(step.path, step.place) for step in walk(text, is_json) if step.repeated]


def walk(text: str, is_json: bool) -> Iterator[Step]:
    """Everything in a text that was read without a syntax error, in order. Aliases are not followed."""
    return _walk_json(text) if is_json else _walk_yaml(text)


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

    def key(self, name: str, place: Place) -> Step:
        keys = self.keys if self.keys is not None else set()
        repeated = name in keys
        keys.add(name)
        self.slot = name
        return Step(place, (*self.path, name), True, repeated)

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
                step = frame.key(event.value, place)
                yield step if event.value != "<<" else step._replace(repeated=False)
            else:
                skipping += opens
                frame.slot = ""
            continue
        path = frame.next_path() if frame is not None else ()
        yield Step(place, path, False, False)
        if opens:
            stack.append(_Frame(path, isinstance(event, yaml.MappingStartEvent)))


_JSON_TOKEN = re.compile(r'[{}\[\]]|"|[^\s{}\[\],:"]+')


def _walk_json(text: str) -> Iterator[Step]:
    stack: list[_Frame] = []
    position = 0
    line, line_start, counted = 1, 0, 0
    decoder = JSONDecoder(strict=False)
    while token := _JSON_TOKEN.search(text, position):
        start, position = token.span()
        sign = token[0]
        if sign in "}]":
            stack.pop()
            continue
        newlines = text.count("\n", counted, start)
        if newlines:
            line += newlines
            line_start = text.rindex("\n", counted, start) + 1
        counted = start
        place = Place(line, start - line_start + 1)
        value = ""
        if sign == '"':
            value, position = decoder.raw_decode(text, start)
        frame = stack[-1] if stack else None
        if frame is not None and frame.expects_key:
            yield frame.key(value, place)
            continue
        path = frame.next_path() if frame is not None else ()
        yield Step(place, path, False, False)
        if sign in "{[":
            stack.append(_Frame(path, sign == "{"))
