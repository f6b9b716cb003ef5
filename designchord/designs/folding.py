"""Texts of old revisions, kept compressed: nothing is lost, and a long history costs a quarter of its size or less."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from django.db import connection, models

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField

#: Characters below which a text is left as it is: most artifacts are small, and then it saves nothing.
LEAST = 8_192


class FoldedTextField(_TextField):
    """A text that may be stored compressed, as bytes, where the database stores either in one column (SQLite).

    PostgreSQL compresses long texts by itself. Who reads the column without this field has to ``unfolded`` it; to
    migrations it is a ``TextField``, so one that reads old texts has to do so as well.
    """

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return unfolded(value)

    def deconstruct(self) -> Any:
        name, _, arguments, options = super().deconstruct()
        return name, "django.db.models.TextField", arguments, options


def unfolded(value: Any) -> Any:
    return zlib.decompress(value).decode() if isinstance(value, bytes) else value


def folds() -> bool:
    """Whether this database needs us for it."""
    return connection.vendor == "sqlite"


def folded(text: str) -> bytes:
    """What to store instead of a text."""
    return zlib.compress(text.encode())
