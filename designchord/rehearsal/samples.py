"""Rows to begin with: plausible, in the design's language, the same ones for the same seed."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from designchord.notation.sql.model import Column, Schema, Table

ROWS: Final = 3
#: What every sample account signs in with.
PASSWORD: Final = "correct-horse-7"  # noqa: S105 - of made-up accounts that nobody has
_PEOPLE: Final = {
    "ko": ("김하늘", "이서준", "박지우", "최민서", "정도윤", "한유진"),
    "ja": ("佐藤 葵", "鈴木 蓮", "高橋 陽菜", "田中 湊", "伊藤 結衣", "渡辺 樹"),
    "en": ("Ada Stone", "Ben Okafor", "Carla Mendes", "Dae Kim", "Elif Kaya", "Farid Noor"),
}
_PERSONAL: Final = ("full_name", "first_name", "nickname", "username", "user_name", "author", "author_name")
#: Before the days that examples name, so that stories do not run into samples.
_BEGIN: Final = date(2026, 1, 5)


class Samples:
    """Makes values; of one seed always the same, whatever was asked before."""

    def __init__(self, seed: int, language: str) -> None:
        self._seed = seed
        self._language = language.split("-")[0].lower()

    def rows(self, table: Table, keys: Mapping[str, list[Any]], number: int = ROWS) -> list[dict[str, Any]]:
        """Sample rows. ``keys`` holds the keys of rows of other tables; there are no rows where a key is missing."""
        made: list[dict[str, Any]] = []
        for index in range(number):
            row: dict[str, Any] = {}
            for column in table.columns:
                target = table.foreign_key(column.name)
                if target is None:
                    row[column.name] = self.value(table, column, index)
                elif known := keys.get(target.table):
                    row[column.name] = known[index % len(known)]
                elif column.required:
                    return made
                else:
                    row[column.name] = None
            made.append(row)
        return made

    def value(self, table: Table, column: Column, index: int) -> Any:
        day = _BEGIN + timedelta(days=index + _later(column.name))
        match column.type:
            case "uuid":
                return str(uuid.UUID(int=self._chosen(table, column, index).getrandbits(128), version=4))
            case "integer" if column.primary or column.unique:
                return index + 1
            case "integer":
                return self._chosen(table, column, index).randint(1, 20)
            case "decimal":
                chosen = self._chosen(table, column, index)
                return chosen.randint(1, 50) if column.precision == 14 else chosen.randint(1, 40) + 0.5
            case "boolean":
                return False
            case "date":
                return day.isoformat()
            case "datetime":
                return f"{day.isoformat()}T{9 + index + _later(column.name):02}:00:00Z"
            case "time":
                return f"{9 + index + _later(column.name):02}:00:00Z"
            case "enum":
                return column.values[0]
            case "json":
                return {}
            case "email":
                return f"{table.name[:40].replace('_', '-')}{index + 1}@example.com"
            case "url" | "file":
                return f"https://example.com/{table.name}/{index + 1}"
            case _:
                return self._text(table, column, index)

    def _chosen(self, table: Table, column: Column, index: int) -> random.Random:
        return random.Random(f"{self._seed}/{table.name}/{column.name}/{index}")  # noqa: S311 - sample data

    def _text(self, table: Table, column: Column, index: int) -> str:
        people = _PEOPLE.get(self._language, _PEOPLE["en"])
        personal = column.name in _PERSONAL or (column.name == "name" and table.column("email") is not None)
        if personal:
            return people[(self._seed + index) % len(people)]
        if "phone" in column.name or "mobile" in column.name:
            return f"010-1234-{5678 + index}"
        if column.name in ("name", "title", "subject"):
            return f"{table.label or table.name} {index + 1}"
        return f"{column.label or column.name.replace('_', ' ')} {index + 1}"


def _later(name: str) -> int:
    """Ends come after beginnings."""
    return int(any(word in name for word in ("end", "due", "until", "return", "expire", "to_")))


def in_order(schema: Schema) -> list[Table]:
    """Tables so that what is pointed to comes first, as far as there is such an order."""
    needs = {
        table.name: {key.table for key in table.foreign_keys if _needed(table, key.column)} - {table.name}
        for table in schema.tables
    }
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError:
        order = [table.name for table in schema.tables]
    return [table for name in order if (table := schema.table(name)) is not None]


def _needed(table: Table, name: str) -> bool:
    column = table.column(name)
    return column is not None and column.required
