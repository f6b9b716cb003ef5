"""The schema of a live database: tables, columns, keys. Read-only, bounded in time, and never a row.

An address may hold a password: nothing of it but the database's name is ever said.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from designchord.errors import BadInput, TooLarge, Unavailable, outcome_of
from designchord.notation.problems import Problem
from designchord.notation.sql.tables import Column, ForeignKey, Table, Tables
from designchord.readers.reading import Reading, Remark

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection, Inspector

#: Seconds until somebody is told that a database does not answer, with all that is read of it.
PATIENCE: Final = 25.0
#: Seconds for connecting, and for one statement.
_CONNECTING: Final = 8
_STATEMENT: Final = 12
MAX_TABLES: Final = 5_000

_SYSTEM: Final = frozenset({"information_schema", "pg_catalog", "pg_toast", "mysql", "performance_schema", "sys"})
_DRIVERS: Final = {
    **dict.fromkeys(("postgres", "postgresql", "postgresql+psycopg"), "postgresql+psycopg"),
    **dict.fromkeys(("mysql", "mariadb", "mysql+pymysql", "mariadb+pymysql"), "mysql+pymysql"),
    "sqlite": "sqlite",
}
_DIALECTS: Final = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}


def read_database(address: str, *, schema: str = "", patience: float = PATIENCE) -> Reading:
    """What a database's catalogue says. ``schema`` names one of PostgreSQL's; else all that are not the system's.

    Raises ``BadInput`` for an address that cannot be one, ``Unavailable`` for one that does not answer
    or refuses.
    """
    url = _url(address)
    answers: queue.SimpleQueue[Reading | Exception] = queue.SimpleQueue()
    # A server that accepts and never answers must not hold anybody up, and nothing else ends such a call.
    reader = threading.Thread(
        target=lambda: answers.put(outcome_of(lambda: _read(url, schema))), name="database reader", daemon=True
    )
    reader.start()
    try:
        outcome = answers.get(timeout=patience)
    except queue.Empty:
        raise Unavailable(
            f"The database did not answer within {patience:g} s: check that it runs and can be reached from here.",
            code="database_timeout",
        ) from None
    if isinstance(outcome, Exception):
        raise _said(outcome) from None
    return outcome


def _url(address: str) -> URL:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    address = address.strip()
    if "://" not in address and Path(address).is_file():
        address = f"sqlite:///{quote(address)}"
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise BadInput(
            "This is no address of a database: write postgresql://user:password@host/name, mysql://… or sqlite:///file.",
            code="database_address",
        ) from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        known = "postgresql, mysql and sqlite"
        raise BadInput(f"Databases of this kind are not read; {known} are.", code="database_kind")
    if driver == "sqlite":
        return _sqlite_url(url)
    return url.set(drivername=driver)


def _sqlite_url(url: URL) -> URL:
    from sqlalchemy.engine import URL

    path = Path(url.database or "")
    if not path.is_file():
        raise BadInput(f"There is no SQLite file {path}.", code="not_found")
    # Opened for reading alone, so that not even a journal is made.
    return URL.create("sqlite", database=f"file:{quote(str(path.resolve()))}", query={"mode": "ro", "uri": "true"})


def _read(url: URL, schema: str) -> Reading:
    from sqlalchemy import create_engine, inspect, text
    from sqlalchemy.pool import NullPool

    kind = url.get_backend_name()
    engine = create_engine(url, poolclass=NullPool, connect_args=_arguments(kind))
    with engine.connect() as connection:
        if kind != "sqlite":
            connection.execute(text("SET TRANSACTION READ ONLY" if kind == "postgresql" else _MYSQL_READ_ONLY))
        inspector = inspect(connection)
        schemas = _schemas(inspector, kind, schema)
        tables = Tables()
        remarks: list[Remark] = []
        name = _shown(url)
        for one in schemas:
            remarks += _read_schema(connection, inspector, one, tables, name)
        if len(tables) > MAX_TABLES:
            raise TooLarge(
                f"The database has {len(tables):,} tables; at most {MAX_TABLES:,} are read. Name a --schema."
            )
        return Reading(name, "database", tables.facts(), dialect=_DIALECTS[kind], remarks=tuple(remarks))


_NOTHING: Final[Mapping[str, Any]] = {}
_MYSQL_READ_ONLY: Final = "SET SESSION TRANSACTION READ ONLY"


def _arguments(kind: str) -> dict[str, Any]:
    if kind == "postgresql":
        options = f"-c default_transaction_read_only=on -c statement_timeout={_STATEMENT}s -c lock_timeout=5s"
        return {"connect_timeout": _CONNECTING, "options": options}
    if kind == "mysql":
        return {"connect_timeout": _CONNECTING, "read_timeout": _STATEMENT, "write_timeout": _STATEMENT}
    return {"timeout": 5}


def _shown(url: URL) -> str:
    """What a database is called: its kind and its name, never who asks, or with which word."""
    if url.get_backend_name() == "sqlite":
        return Path(str(url.database).removeprefix("file:")).name
    return f"{url.get_backend_name()}:{url.database or ''}"


def _schemas(inspector: Inspector, kind: str, wanted: str) -> list[str | None]:
    if kind != "postgresql":
        return [None]
    names = [name for name in inspector.get_schema_names() if name not in _SYSTEM and not name.startswith("pg_")]
    if not wanted:
        return list(names)
    if wanted not in names:
        raise BadInput(f"The database has no schema {wanted[:60]}.", code="not_found")
    return [wanted]


def _read_schema(
    connection: Connection, inspector: Inspector, schema: str | None, tables: Tables, database: str
) -> Iterable[Remark]:
    kind = connection.dialect.name
    columns = inspector.get_multi_columns(schema=schema)
    primary: Mapping[Any, Any] = inspector.get_multi_pk_constraint(schema=schema)
    foreign = inspector.get_multi_foreign_keys(schema=schema)
    unique = inspector.get_multi_unique_constraints(schema=schema)
    indexes = inspector.get_multi_indexes(schema=schema)
    checks = inspector.get_multi_check_constraints(schema=schema)
    comments: Mapping[Any, Any] = (
        inspector.get_multi_table_comment(schema=schema) if connection.dialect.supports_comments else {}
    )
    pieces = _partitions(connection, schema) if kind == "postgresql" else set()
    automatic = _sqlite_keys(connection) if kind == "sqlite" else {}
    written = _sqlite_types(connection) if kind == "sqlite" else {}
    remarks = []
    for key, found in columns.items():
        if key[1] in pieces or key[1].startswith("sqlite_"):
            continue
        table = Table(key[1], schema or "", label=str((comments.get(key) or _NOTHING).get("text") or ""))
        for one in found:
            column = _column(one, kind)
            if (key[1], column.name) in written:
                column.type = written[key[1], column.name]
            table.columns[column.name.lower()] = column
            if not column.type and kind != "sqlite":
                message = f"The type of {table.name}.{column.name} is not known here."
                remarks.append(Remark(database, Problem(code="database.type", severity="info", message=message)))
        table.primary = _lower((primary.get(key) or _NOTHING).get("constrained_columns") or ())
        for names in automatic.get(key[1], ()):
            table.add_unique(names)
        for rule in (*unique.get(key, ()), *(one for one in indexes.get(key, ()) if _is_key(one))):
            if all(rule["column_names"]):
                table.add_unique(_lower(rule["column_names"]), str(rule["name"] or ""))
        for pointer in foreign.get(key, ()):
            at = _lower(pointer["constrained_columns"])
            table.add_foreign(ForeignKey(at, pointer["referred_table"]), str(pointer["name"] or ""))
        _take_checks(table, checks.get(key, ()))
        tables.add(table)
    return remarks


def _is_key(index: Any) -> bool:
    """Whether an index makes its columns unique in all rows."""
    partial = any("where" in name for name in index.get("dialect_options") or {})
    return bool(index.get("unique")) and not partial and not index.get("expressions")


def _partitions(connection: Connection, schema: str | None) -> set[str]:
    """Pieces of partitioned tables, which are no tables of their own."""
    from sqlalchemy import text

    query = text(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relispartition AND n.nspname = :schema"
    )
    return {str(row[0]) for row in connection.execute(query, {"schema": schema or "public"})}


def _sqlite_types(connection: Connection) -> dict[tuple[str, str], str]:
    """Types as they were written: SQLite keeps any, and SQLAlchemy takes those that it does not know for numbers."""
    import sqlglot
    from sqlalchemy import text
    from sqlglot import exp

    from designchord.notation.sql.types import type_of

    query = text(
        "SELECT t.name, c.name, c.type FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'"
    )
    found: dict[tuple[str, str], str] = {}
    for table, column, written in connection.execute(query):
        try:
            built = exp.DataType.build(str(written), dialect="sqlite", udt=True) if written else None
        except (sqlglot.errors.SqlglotError, ValueError):
            built = None
        found[table, column] = type_of(built)[0] if built is not None else ""
    return found


def _sqlite_keys(connection: Connection) -> dict[str, list[tuple[str, ...]]]:
    """Unique keys that SQLite keeps an index of without a name, however they were written."""
    from sqlalchemy import text

    query = text(
        "SELECT t.name, i.name, c.name FROM sqlite_master t, pragma_index_list(t.name) i, pragma_index_info(i.name) c"
        " WHERE t.type = 'table' AND i.origin = 'u' AND i.partial = 0 ORDER BY 1, 2, c.seqno"
    )
    keys: dict[tuple[str, str], tuple[str, ...]] = {}
    for table, index, column in connection.execute(query):
        keys[table, index] = (*keys.get((table, index), ()), str(column).lower())
    found: dict[str, list[tuple[str, ...]]] = {}
    for (table, _), columns in keys.items():
        found.setdefault(table, []).append(columns)
    return found


def _column(found: Any, kind: str) -> Column:
    name, values = _type(found["type"], kind)
    return Column(
        name=str(found["name"]),
        type=name,
        required=not found["nullable"],
        values=values,
        label=str(found.get("comment") or ""),
    )


def _type(kind: Any, dialect: str) -> tuple[str, tuple[str, ...]]:
    """A type in the blueprint's words, read from how the database writes it."""
    import sqlglot
    from sqlalchemy import types
    from sqlalchemy.exc import CompileError
    from sqlglot import exp

    from designchord.notation.sql.types import type_of

    if isinstance(kind, types.Enum):
        return "enum", tuple(map(str, kind.enums))
    if isinstance(kind, types.NullType):
        return "", ()
    if isinstance(kind, types.ARRAY):
        return "json", ()
    base = getattr(kind, "data_type", kind)  # a domain stands for its own type
    try:
        written = str(base.compile(dialect=_dialect(dialect)))
        built = exp.DataType.build(written, dialect=_DIALECTS.get(dialect, dialect), udt=True)
    except (CompileError, sqlglot.errors.SqlglotError, ValueError, AttributeError):
        return "", ()
    return type_of(built)


def _dialect(name: str) -> Any:
    from sqlalchemy.dialects import registry

    return registry.load(name if name != "postgresql" else "postgresql.psycopg")()


def _take_checks(table: Table, checks: Iterable[Any]) -> None:
    """A column that may be one of some texts is an enum."""
    from designchord.notation.sql.statements import allowed_values

    for check in checks:
        found = allowed_values(str(check.get("sqltext") or ""))
        column = table.columns.get(found[0].lower()) if found else None
        if found and column is not None and column.type in ("string", "text", "enum", ""):
            column.type, column.values = "enum", found[1]


def _lower(names: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(name).lower() for name in names)


def _said(error: Exception) -> Exception:
    """What went wrong, in words of ours: a driver's text may hold the address with its password."""
    from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

    if isinstance(error, BadInput | Unavailable):
        return error
    if isinstance(error, ModuleNotFoundError | NoSuchModuleError):
        hint = "pip install 'designchord[mysql]'"
        return BadInput(f"The driver for this database is not installed: {hint}", code="database_driver")
    if isinstance(error, SQLAlchemyError):
        text = str(getattr(error, "orig", "")).lower()
        if "password" in text or "authentication" in text or "access denied" in text:
            return Unavailable("The database does not let this user in.", code="database_refused")
        if "permission denied" in text:
            return Unavailable("This user may not read the database's catalogue.", code="database_refused")
        if "not a database" in text or "malformed" in text:
            return BadInput("The file is no SQLite database.", code="database_file")
        if "does not exist" in text or "unknown database" in text:
            return Unavailable("There is no such database on that server.", code="database_missing")
        if "timeout" in text or "timed out" in text:
            return Unavailable("The database takes too long to answer.", code="database_timeout")
        return Unavailable("The database cannot be reached or read: check its address.", code="database_unreachable")
    return Unavailable("The database's catalogue cannot be read.", code="database_unreadable")
