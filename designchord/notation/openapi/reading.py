"""Read an OpenAPI document, JSON or YAML, into plain JSON values, in bounded time and memory.

YAML is read as the JSON document it stands for: keys are strings, dates stay text, ``yes`` and ``on`` are words (as in
YAML 1.2), aliases count with all that they repeat. Nothing is constructed, fetched or followed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
import yaml

from designchord.notation.openapi.locating import Path, Place, locate, locate_written, repeated_keys
from designchord.notation.openapi.writing import to_json
from designchord.notation.problems import Problem

#: Reading and checking as much takes some seconds and some hundred megabytes.
MAX_BYTES = 20_000_000
MAX_DEPTH = 64
#: Values that aliases may repeat; what is written out is bounded by the bytes.
MAX_REPEATED = 200_000
#: Texts up to this length are likely to repeat.
_REPEATS = 60
#: Up to as many lines a text is worth comparing with what ``to_json`` writes.
_MAX_LINES = 200_000


#: How JSON begins; `{openapi: 3.1.0, …}` is YAML.
_JSON = re.compile(r"\s*(?:\[|\{\s*(?:[\"}{\[]|\Z))")


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read. ``value`` is ``None`` when ``problems`` say why it could not be."""

    text: str
    value: dict[str, Any] | None
    is_json: bool
    problems: tuple[Problem, ...] = ()
    #: Whether the text is just as ``writing.to_json`` writes the value: each key on a line of its own.
    written: bool = False

    def locate(self, paths: Iterable[Path]) -> dict[Path, Place]:
        """Lines and columns of paths in the text; one pass for all of them."""
        return locate_written(self.text, paths) if self.written else locate(self.text, self.is_json, paths)


class _Unreadable(Exception):
    """Not a document; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def read(text: str) -> Document:
    """A document from its text. Never raises: what is wrong is in ``problems``."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    is_json = bool(_JSON.match(text))
    try:
        _limit_size(text)
        if is_json and (known := _read_written(text)) is not None:
            return Document(text, known, is_json, written=True)
        value, repeats = _read_json(text) if is_json else _YamlReader(text).read()
        if not isinstance(value, dict):
            raise _unreadable("openapi.not_a_document", "This is not an OpenAPI document: it is not a mapping.")
        problems = _repeated_key_problems(text, is_json) if repeats else ()
        return Document(text, value, is_json, problems)
    except _Unreadable as error:
        return Document(text, None, is_json, (error.problem,))


def _unreadable(code: str, message: str, place: Place | None = None, hint: str | None = None) -> _Unreadable:
    line, column = place or (1, 1)
    return _Unreadable(Problem(code=code, severity="error", message=message, line=line, column=column, hint=hint))


def _limit_size(text: str) -> None:
    if not text.strip():
        raise _unreadable("openapi.empty", "The document is empty.")
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise _unreadable(
            "openapi.character", "The document holds half of a character.", _place(text, error.start)
        ) from None
    if size > MAX_BYTES:
        raise _unreadable("openapi.too_large", f"The document has {size:,} bytes; at most {MAX_BYTES:,} are read.")


def _too_deep() -> _Unreadable:
    return _unreadable("openapi.too_deep", f"The document is nested more than {MAX_DEPTH} levels deep.")


def _too_many() -> _Unreadable:
    return _unreadable("openapi.too_large", f"Aliases repeat more than {MAX_REPEATED:,} values.")


def _place(text: str, position: int) -> Place:
    return Place(text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))


def _repeated_key_problems(text: str, is_json: bool) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            code="openapi.duplicate_key",
            severity="error",
            message=f"The key `{path[-1]}` stands twice in one mapping; readers keep only one of them.",
            line=place.line,
            column=place.column,
            hint="Rename one of the two, or join them.",
        )
        for path, place in repeated_keys(text, is_json)[:20]
    )


# JSON

_JSON_WORDS = {
    "Expecting property name enclosed in double quotes": "A key in double quotes is expected here.",
    "Expecting ',' delimiter": "A comma (or the closing bracket) is missing here.",
    "Expecting ':' delimiter": "A colon is missing after the key.",
    "Expecting value": "A value is missing here.",
    "Unterminated string starting at": "This string is never closed.",
    "Invalid control character at": "A line break or control character stands inside a string.",
    "Invalid \\escape": "This backslash escape does not exist in JSON.",
    "Extra data": "Something follows after the end of the document.",
    "Illegal trailing comma before end of object": "A comma before the closing brace is not allowed in JSON.",
    "Illegal trailing comma before end of array": "A comma before the closing bracket is not allowed in JSON.",
}


def _read_written(text: str) -> dict[str, Any] | None:
    """The value of a text that ``to_json`` wrote, ``None`` for any other.

    Such a text repeats no key and holds no number or character that JSON does not have, and its lines say how much of
    it there is: nothing of that needs to be looked at again.
    """
    if text.count("\n") > _MAX_LINES or "\n" + "  " * MAX_DEPTH in text:
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) and to_json(value) == text else None


def _read_json(text: str) -> tuple[Any, bool]:
    """The value, and whether a key was repeated somewhere."""
    repeats = False

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeats
        result = dict(pairs)
        repeats = repeats or len(result) != len(pairs)
        return result

    def constant(name: str) -> Any:
        place = _place(text, max(text.find(name), 0))
        raise _unreadable("openapi.not_json", f"`{name}` is not a JSON number.", place)

    def number(digits: str) -> float:
        result = float(digits)
        if not math.isfinite(result):
            constant(digits)
        return result

    try:
        value = json.loads(text, object_pairs_hook=mapping, parse_constant=constant, parse_float=number)
    except json.JSONDecodeError as error:
        message = next((ours for start, ours in _JSON_WORDS.items() if error.msg.startswith(start)), None)
        place = Place(error.lineno, error.colno)
        raise _unreadable("openapi.json_syntax", message or "This is not valid JSON here.", place) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise _unreadable("openapi.not_json", "A number in the document is too long.") from None
    _limit_depth(value)
    if "\\ud" in text or "\\uD" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise _unreadable("openapi.character", "A string holds half of a character (a lone \\uD8xx).") from None
    return value, repeats


def _limit_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise _too_deep()
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
        level = below


# YAML

_YAML_WORDS = {
    "mapping values are not allowed": (
        "A colon stands where no key can be.",
        "Put quotes around a text that holds `: `, or mend the indentation.",
    ),
    "could not find expected ':'": ("A colon after a key is missing.", "Check this line and the one before it."),
    "found character that cannot start any token": (
        "No value can begin with this character.",
        "Indent with spaces, not tabs; put quotes around texts that begin with @, ` or %.",
    ),
    "found undefined alias": ("This alias (`*name`) has no anchor (`&name`) before it.", "Declare the anchor first."),
    "did not find expected key": ("A key is expected here.", "Check the indentation and the quotes above this line."),
    "did not find expected '-' indicator": ("A list item is expected here.", "Check the indentation of this list."),
    "did not find expected ',' or": (
        "A comma or a closing bracket is missing.",
        "Close the bracket of the list or mapping.",
    ),
    "found unexpected end of stream": ("A quoted text is never closed.", "Close the quotes."),
    "found unknown escape character": (
        "This backslash escape does not exist.",
        "Use single quotes for texts with backslashes.",
    ),
    "control characters are not allowed": ("A control character stands in the text.", "Remove it."),
    "found a tab character": ("A tab is used for indentation.", "Indent with spaces."),
    "block sequence entries are not allowed": (
        "A list item cannot stand here.",
        "Begin the list on its own line.",
    ),
    "found duplicate anchor": ("This anchor is declared twice.", "Rename one of them."),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}\Z|0o[0-7]{1,300}\Z|0x[0-9a-fA-F]{1,300}\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?\Z")
_WORDS = {"null": None, "Null": None, "NULL": None, "~": None, "": None}
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_TAG = "tag:yaml.org,2002:"
_NAMES = ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge")
#: How a scalar can begin that is more than text.
_NOT_TEXT = frozenset("-+.0123456789ntfNTF~")
_PLAIN_TAGS = {None, "!", *(_TAG + name for name in _NAMES)}


class _Open:
    """A mapping or sequence that is being read, with how much it holds."""

    __slots__ = ("anchor", "height", "is_mapping", "key", "merges", "size", "value")

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None) -> None:
        self.value = value
        self.is_mapping = isinstance(value, dict)
        self.anchor = anchor
        self.key: str | None = None
        self.size = 1
        self.height = 1
        self.merges: list[dict[str, Any]] = []


class _YamlReader:
    """Builds values from parser events: no recursion, and every repeat by an alias is counted before it is believed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self._result: Any = None
        self._repeats = False
        self._repeated = 0
        #: One text for all that are equal: keys and types stand in a document thousands of times.
        self._texts: dict[str, str] = {}

    def read(self) -> tuple[Any, bool]:
        documents = 0
        try:
            for event in yaml.parse(self._text, Loader=yaml.CSafeLoader):
                if isinstance(event, yaml.ScalarEvent):
                    self._take(event)
                elif isinstance(event, yaml.CollectionEndEvent):
                    self._end()
                elif isinstance(event, yaml.NodeEvent):
                    self._begin(event)
                elif isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        raise _unreadable("openapi.several_documents", "There is more than one document.", _mark(event))
        except yaml.YAMLError as error:
            raise self._syntax_problem(error) from None
        return self._result, self._repeats

    def _take(self, event: yaml.ScalarEvent) -> None:
        """A scalar, of which there are most: a key, or a value."""
        if event.tag not in _PLAIN_TAGS:
            raise _tagged(event)
        frame = self._stack[-1] if self._stack else None
        is_key = frame is not None and frame.is_mapping and frame.key is None
        value = event.value if is_key else _scalar(event)
        if type(value) is str and len(value) <= _REPEATS:
            value = self._texts.setdefault(value, value)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1, 1)
        if frame is None or not is_key:
            self._add(event, value, 1, 1)
            return
        frame.size += 1
        frame.key = value
        if value in frame.value and value != "<<":
            self._repeats = True

    def _begin(self, event: yaml.NodeEvent) -> None:
        """An alias, or the start of a collection."""
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise _unreadable("openapi.yaml_alias", "This alias repeats something that holds itself.", _mark(event))
            value, size, height = self._anchors[event.anchor]
            self._repeated += size
            if self._repeated > MAX_REPEATED:
                raise _too_many()
            self._add(event, value, size, height)
            return
        if getattr(event, "tag", None) not in _PLAIN_TAGS:
            raise _tagged(event)
        if len(self._stack) >= MAX_DEPTH:
            raise _too_deep()
        self._stack.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor))

    def _end(self) -> None:
        done = self._stack.pop()
        if isinstance(done.value, dict):
            for merged in done.merges:
                for key, item in merged.items():
                    done.value.setdefault(key, item)
        if done.anchor:
            self._anchors[done.anchor] = (done.value, done.size, done.height)
        self._add(None, done.value, done.size, done.height)

    def _add(self, event: yaml.NodeEvent | None, value: Any, size: int, height: int) -> None:
        """Put a finished value where it belongs."""
        if not self._stack:
            self._result = value
            return
        frame = self._stack[-1]
        frame.size += size
        frame.height = max(frame.height, height + 1)
        if len(self._stack) + height > MAX_DEPTH:
            raise _too_deep()
        if isinstance(frame.value, list):
            frame.value.append(value)
        elif frame.key is None:
            if not isinstance(value, str):
                raise _unreadable("openapi.key", "A key must be a text.", _mark(event) if event else None)
            frame.key = value
            self._repeats = self._repeats or (value in frame.value and value != "<<")
        elif frame.key == "<<" and _is_mergeable(value):
            frame.merges += [value] if isinstance(value, dict) else value
            frame.key = None
        else:
            frame.value[frame.key] = value
            frame.key = None

    def _syntax_problem(self, error: yaml.YAMLError) -> _Unreadable:
        text = getattr(error, "problem", None) or str(getattr(error, "reason", ""))
        mark = getattr(error, "problem_mark", None)
        place = Place(mark.line + 1, mark.column + 1) if mark is not None else None
        if place is None and isinstance(getattr(error, "position", None), int):
            place = _place(self._text, min(error.position, len(self._text)))  # type: ignore[attr-defined]
        default = (
            "This is not valid YAML here.",
            "Check indentation, colons and quotes of this line and the one before.",
        )
        message, hint = next((words for start, words in _YAML_WORDS.items() if start in text), default)
        return _unreadable("openapi.yaml_syntax", message, place, hint)


def _tagged(event: yaml.NodeEvent) -> _Unreadable:
    return _unreadable("openapi.yaml_tag", "YAML tags have no meaning here.", _mark(event), "Remove the tag.")


def _mark(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)


def _is_mergeable(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and all(isinstance(item, dict) for item in value))


def _scalar(event: yaml.ScalarEvent) -> Any:
    """A scalar by YAML 1.2's core schema, as far as JSON has such values."""
    text: str = event.value
    tag = (event.tag or "").rpartition(":")[2]
    if tag == "str" or (event.style and not tag):
        return text
    if text and text[0] not in _NOT_TEXT:
        return text
    if text in _WORDS:
        return None
    if text in _TRUTH:
        return _TRUTH[text]
    if _INTEGER.match(text):
        return (
            int(text, 8 if text.startswith("0o") else 16 if text.startswith("0x") else 10) if len(text) < 300 else text
        )
    if _FLOAT.match(text):
        return float(text)
    return text
