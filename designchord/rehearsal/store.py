"""The state of a mock: the design's own tables, in SQLite, with their constraints."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final

from designchord.notation.sql.model import Column, Schema, Table
from designchord.notation.sql.sqlite import statements
from designchord.rehearsal.samples import Samples, in_order

Row = dict[str, Any]
_UNIQUE: Final = re.compile(r"UNIQUE constraint failed: (.+)")


class Refused(Exception):
    """A row that the tables do not take. ``rule``: ``unique``, ``reference``, ``value`` or ``held``."""

    def __init__(self, rule: str, columns: Sequence[str] = ()) -> None:
        super().__init__(rule)
        self.rule = rule
        self.columns = tuple(columns)


class Store:
    """Rows by table. Not for several threads at once."""

    def __init__(self, schema: Schema, file: str = ":memory:") -> None:
        self.schema = schema
        self._database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._database.row_factory = sqlite3.Row
        with ExitStack() as failing:
            failing.callback(self._database.close)
            self.is_new = self._begin()
            failing.pop_all()

    def _begin(self) -> bool:
        """Create the tables unless there are some."""
        self._database.execute("PRAGMA foreign_keys = ON")
        if self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return False
        for statement in statements(self.schema):
            self._database.execute(statement)
        return True

    def close(self) -> None:
        self._database.close()

    def begin(self) -> None:
        """Let ``begin_again`` forget what is kept from now on. For a store in memory: nothing of it is written."""
        self._database.execute("BEGIN")

    def begin_again(self) -> None:
        self._database.execute("ROLLBACK")
        self.begin()

    def fill(self, samples: Samples) -> None:
        """Sample rows for every table, as far as their keys can be had."""
        keys: dict[str, list[Any]] = {}
        for table in in_order(self.schema):
            for row in samples.rows(table, keys):
                try:
                    self._add(table, row)
                except Refused:
                    continue
                if len(table.primary_key) == 1:
                    keys.setdefault(table.name, []).append(row[table.primary_key[0]])

    def insert(self, table: Table, row: Row) -> Row:
        """Keep a row; what is kept of it, with what the table sets itself."""
        cursor = self._add(table, row)
        return self._one(table, "rowid = ?", [cursor.lastrowid]) or {}

    def _add(self, table: Table, row: Row) -> sqlite3.Cursor:
        names = [name for name in row if table.column(name) is not None]
        marks = ", ".join("?" * len(names))
        written = f"INSERT INTO {_quoted(table.name)} ({', '.join(map(_quoted, names))}) VALUES ({marks})"  # noqa: S608 - names are quoted, values are bound
        return self._change(table, written, [_stored(row[name]) for name in names], row)

    def find(self, table: Table, where: Mapping[str, Any]) -> Row | None:
        condition, values = _condition(where)
        return self._one(table, condition, values)

    def change(self, table: Table, where: Mapping[str, Any], changes: Row) -> None:
        names = [name for name in changes if table.column(name) is not None]
        if not names:
            return
        condition, values = _condition(where)
        sets = ", ".join(f"{_quoted(name)} = ?" for name in names)
        written = f"UPDATE {_quoted(table.name)} SET {sets} WHERE {condition}"  # noqa: S608 - names are quoted, values are bound
        self._change(table, written, [*(_stored(changes[name]) for name in names), *values], changes)

    def remove(self, table: Table, where: Mapping[str, Any]) -> int:
        condition, values = _condition(where)
        written = f"DELETE FROM {_quoted(table.name)} WHERE {condition}"  # noqa: S608 - names are quoted, values are bound
        return self._change(table, written, values, None).rowcount

    def page(
        self, table: Table, where: Sequence[tuple[str, str, Any]], search: str, order: str, first: int, size: int
    ) -> tuple[list[Row], int]:
        """Rows and how many there are in all. ``where`` holds columns, comparisons (``=``, ``>=``, ``<=``), values."""
        parts = [f"{_quoted(name)} {sign} ?" for name, sign, _ in where]
        values = [_stored(value) for _, _, value in where]
        texts = [column.name for column in table.columns if column.type in ("string", "text", "email", "enum")]
        if search and texts:
            parts.append("(" + " OR ".join(f"instr(lower({_quoted(name)}), lower(?))" for name in texts) + ")")
            values += [search] * len(texts)
        condition = " AND ".join(parts) or "1"
        source = f"FROM {_quoted(table.name)} WHERE {condition}"
        total = self._database.execute(f"SELECT count(*) {source}", values).fetchone()[0]
        column = order.lstrip("-")
        ordered = _quoted(column) if table.column(column) else "rowid"
        direction = "DESC" if order.startswith("-") else "ASC"
        written = f"SELECT * {source} ORDER BY {ordered} {direction}, rowid LIMIT ? OFFSET ?"
        rows = self._database.execute(written, [*values, size, first]).fetchall()
        return [_read(table, row) for row in rows], total

    def _one(self, table: Table, condition: str, values: Sequence[Any]) -> Row | None:
        written = f"SELECT * FROM {_quoted(table.name)} WHERE {condition} LIMIT 1"  # noqa: S608 - names are quoted, values are bound
        row = self._database.execute(written, values).fetchone()
        return None if row is None else _read(table, row)

    def _change(self, table: Table, written: str, values: Sequence[Any], row: Row | None) -> sqlite3.Cursor:
        try:
            return self._database.execute(written, values)
        except sqlite3.IntegrityError as error:
            if found := _UNIQUE.search(str(error)):
                raise Refused("unique", [part.rpartition(".")[2] for part in found[1].split(", ")]) from error
            if "FOREIGN KEY" not in str(error):
                raise Refused("value") from error
            if row is None:
                raise Refused("held") from error
            raise Refused("reference", self.missing(table, row)) from error
        except (OverflowError, UnicodeEncodeError, sqlite3.DataError) as error:
            raise Refused("value") from error

    def missing(self, table: Table, row: Row) -> list[str]:
        """The columns of a row that point to what is not there."""
        lost = []
        for key in table.foreign_keys:
            target = self.schema.table(key.table)
            value = row.get(key.column)
            if target is not None and value is not None and self.find(target, {key.target: value}) is None:
                lost.append(key.column)
        return lost


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _condition(where: Mapping[str, Any]) -> tuple[str, list[Any]]:
    return " AND ".join(f"{_quoted(name)} = ?" for name in where) or "1", [_stored(value) for value in where.values()]


def _stored(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def _read(table: Table, row: sqlite3.Row) -> Row:
    return {column.name: _value(column, row[column.name]) for column in table.columns}


def _value(column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.type == "boolean":
        return bool(value)
    if column.type == "json" and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
