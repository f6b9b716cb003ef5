"""The dialects that SQL is written in; those of servers by SQLAlchemy's own compilers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, Literal

from sqlalchemy import JSON, BigInteger, Boolean, Date, DateTime, Integer, Numeric, String, Text, Time
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

from designchord.notation.sql.model import Column, length_of

Server = Literal["postgresql", "mysql"]
Name = Server | Literal["sqlite"]
TITLES: Final[dict[Name, str]] = {"postgresql": "PostgreSQL", "mysql": "MySQL", "sqlite": "SQLite"}
NAMES: Final = tuple(TITLES)


@lru_cache(maxsize=2)
def dialect(name: Server) -> Dialect:
    """A compiler that writes statements to be read by people: no doubled per cent signs, no driver."""
    made: Any = {"postgresql": postgresql.dialect, "mysql": mysql.dialect}[name]
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
            return Integer() if column.primary else BigInteger()
        case "decimal":
            return Numeric(column.precision, column.scale)
        case "datetime":
            return DateTime(timezone=True)
        case "json" if not column.primary:
            return JSON().with_variant(postgresql.JSONB(), "postgresql")
        case _:
            return _text(column)


def _text(column: Column) -> TypeEngine[Any]:
    length = length_of(column)
    if length is None:
        return Text()
    # A row of MySQL holds 65,535 bytes; long texts are kept beside it.
    return String(length).with_variant(Text(), "mysql") if length > 1000 else String(length)
