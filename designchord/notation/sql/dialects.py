"""The dialects that SQL is written in, each by SQLAlchemy's own compiler."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, Literal, get_args

from sqlalchemy import JSON, BigInteger, Boolean, Date, DateTime, Integer, Numeric, String, Text, Time
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from designchord.notation.sql.model import LENGTHS, LONGEST_KEY, LONGEST_UNIQUE, Column

Name = Literal["postgresql", "mysql", "sqlite"]
NAMES: Final[tuple[Name, ...]] = get_args(Name)
TITLES: Final[dict[Name, str]] = {"postgresql": "PostgreSQL", "mysql": "MySQL", "sqlite": "SQLite"}


@lru_cache(maxsize=3)
def dialect(name: Name) -> Dialect:
    """A compiler that writes statements to be read by people: no doubled per cent signs, no driver."""
    made: Any = {"postgresql": postgresql.dialect, "mysql": mysql.dialect, "sqlite": sqlite.dialect}[name]
    found: Dialect = made(paramstyle="named")
    if name == "postgresql":  # a backslash is a letter like others in a server of today's settings
        found._backslash_escapes = False  # type: ignore[attr-defined]  # noqa: SLF001 - set on connecting, which nobody does
    return found


def type_of(column: Column) -> TypeEngine[Any]:
    """A column's type; SQLAlchemy's variants say where a dialect has another."""
    match column.type:
        case "boolean":
            return Boolean()
        case "date":
            return Date()
        case "time":
            return Time()
        case "uuid":
            return String(36).with_variant(postgresql.UUID(as_uuid=False), "postgresql")
        case "integer":
            return Integer() if column.primary else BigInteger().with_variant(Integer(), "sqlite")
        case "decimal":
            return Numeric(column.precision, column.scale)
        case "datetime":
            return DateTime(timezone=True)
        case "json" if not column.primary:
            return JSON().with_variant(postgresql.JSONB(), "postgresql")
        case _:
            return _text(column)


def _text(column: Column) -> TypeEngine[Any]:
    length = LENGTHS.get(column.type)
    if column.type == "enum":
        length = max([LENGTHS["enum"], *map(len, column.values)])
    if column.primary:
        return String(min(length or LONGEST_KEY, LONGEST_KEY))
    if column.unique:
        return String(min(length or LONGEST_UNIQUE, LONGEST_UNIQUE))
    if length is None:
        return Text()
    # A row of MySQL holds 65,535 bytes; long texts are kept beside it.
    return String(length).with_variant(Text(), "mysql") if length > 1000 else String(length)
