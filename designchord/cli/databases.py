"""The database that a rehearsal reaches outside."""

from __future__ import annotations

from designchord.cli.staging import Playable
from designchord.errors import BadInput


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
