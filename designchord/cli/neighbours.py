"""The files around a description in its folder: those that its references may be followed into."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from designchord.cli.texts import MAX_BYTES, read_file
from designchord.notation.openapi.reading import Document
from designchord.notation.openapi.reading import read as read_openapi


class Folder:
    """The files inside a folder, named by their paths from it. Nothing outside is looked at, also not through links."""

    def __init__(self, root: Path) -> None:
        self._shown = root
        self._root = root.resolve()
        self._read: dict[str, Document | None] = {}
        self._left = MAX_BYTES

    def name(self, path: Path) -> str:
        """A file's name among those of the folder; one that is a link to elsewhere has the link's."""
        inside = path.resolve()
        return inside.relative_to(self._root).as_posix() if inside.is_relative_to(self._root) else path.name

    def path(self, name: str) -> Path:
        return self._shown / name

    def find(self, base: str, reference: str) -> str | None:
        try:
            address = urlsplit(reference)
            path = (self._root / base).parent / unquote(address.path)
            if address.scheme or address.netloc or address.query or "\0" in str(path):
                return None
            return path.resolve().relative_to(self._root).as_posix()
        except (ValueError, OSError, RuntimeError):  # no address, outside of the folder, or links in a circle
            return None

    def read(self, name: str) -> Document | None:
        if name not in self._read:
            text = read_file(self._root / name).text
            if text is not None and len(text) > self._left:
                text = None
            self._left -= len(text or "")
            self._read[name] = None if text is None else read_openapi(text)
        return self._read[name]
