"""Everything of an account as one archive."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

#: Bytes that are gathered before they are passed on.
PIECE = 65_536


def account_zip(everything: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[bytes]:
    """The pieces of a zip archive with one JSON file for each name and value, made while they are asked for.

    Lists may be iterators, at the top of a value: then one of their items at a time is held.
    """
    made = _Gathered()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as files:
        for name, value in everything:
            with files.open(f"{name}.json", "w", force_zip64=True) as file:
                for text in _texts(value):
                    file.write(text.encode("utf-8", "replace"))
                    if len(made.held) >= PIECE:
                        yield made.taken()
    yield made.taken()


def _texts(value: dict[str, Any]) -> Iterator[str]:
    """JSON, a little at a time."""
    before = "{\n "
    for name, item in value.items():
        yield f"{before}{json.dumps(name)}: "
        before = ",\n "
        if not isinstance(item, Iterator):
            yield json.dumps(item, ensure_ascii=False, indent=1)
            continue
        between = "[\n"
        for one in item:
            yield between + json.dumps(one, ensure_ascii=False, indent=1)
            between = ",\n"
        yield "[]" if between == "[\n" else "\n]"
    yield "\n}" if value else "{}"


class _Gathered(io.RawIOBase):
    """A file that can only be written, and whose beginning is taken away meanwhile."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held += data
        return len(data)

    def taken(self) -> bytes:
        held = bytes(self.held)
        self.held.clear()
        return held
