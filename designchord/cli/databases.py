"""What a rehearsal reaches outside: a database, a server that was built."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from designchord.cli.staging import Playable
from designchord.errors import BadInput

if TYPE_CHECKING:
    from designchord.rehearsal.runner import Transport

_SECONDS = 20


def create_tables(url: str, stage: Playable) -> int:
    """Create the design's tables in a PostgreSQL database and drop them again; how many there are."""
    if not url.startswith(("postgres://", "postgresql://")):
        raise BadInput("--database takes the URL of a PostgreSQL database: postgresql://…", code="database")
    import psycopg

    from designchord.notation.sql.writing import statements
    from designchord.rehearsal.stage import drawn_of
    from designchord.rehearsal.tables import tables_of

    schema = tables_of(stage.blueprint, drawn_of(stage.sources))
    try:
        # One transaction that is never committed: nothing stays, and what stands there already is not touched.
        with psycopg.connect(url, connect_timeout=10) as connection:
            connection.execute("CREATE SCHEMA designchord_rehearsal")
            connection.execute("SET LOCAL search_path TO designchord_rehearsal")
            for statement in statements(schema, "postgresql"):
                connection.execute(statement.encode())
            connection.rollback()
    except psycopg.Error as error:
        raise BadInput(f"The database refused: {str(error).splitlines()[0][:200]}", code="database") from None
    return len(schema.tables)


def sender(base_url: str) -> Transport:
    """Requests to a server; it is the caller's own, so whatever it answers is shown."""
    from designchord.rehearsal.mock import Answer

    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput("--base-url takes the URL of a server: http://localhost:8080", code="base_url")
    from http.client import HTTPConnection, HTTPException, HTTPSConnection

    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection

    def send(method: str, target: str, headers: object, body: bytes | None) -> Answer:
        connection = kind(parts.hostname or "", parts.port, timeout=_SECONDS)
        try:
            connection.request(method, parts.path.rstrip("/") + target, body, dict(headers))  # type: ignore[call-overload]
            response = connection.getresponse()
            text = response.read(4_000_000)
        except (OSError, HTTPException):
            raise BadInput(f"{base_url} cannot be reached.", code="base_url") from None
        finally:
            connection.close()
        try:
            value = json.loads(text) if text else None
        except ValueError:
            value = text.decode(errors="replace")[:1000]
        return Answer(response.status, value)

    return send
