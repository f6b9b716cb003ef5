"""A design's tables as files of SQL, one a dialect."""

from __future__ import annotations

from pydantic import ValidationError

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint
from designchord.export.design import Design
from designchord.kinds.registry import KINDS
from designchord.notation.facts import Facts


def sql_files(design: Design) -> dict[str, str]:
    """``schema.postgresql.sql`` and its like; none where there is no blueprint that can be read."""
    blueprint = blueprint_of(design)
    if blueprint is None:
        return {}
    # Loaded when something is written out: SQLAlchemy takes a third of a second.
    from designchord.notation.sql.dialects import NAMES
    from designchord.notation.sql.writing import script
    from designchord.rehearsal.tables import tables_of

    schema = tables_of(blueprint, drawn(design))
    return {f"schema.{dialect}.sql": script(schema, dialect) for dialect in NAMES}


def blueprint_of(design: Design) -> Blueprint | None:
    try:
        return answering.load(design.blueprint) if design.blueprint else None
    except (ValidationError, ValueError):
        return None


def drawn(design: Design) -> Facts | None:
    """What the design's ER diagram says."""
    for artifact in design.shown:
        kind = KINDS.get(artifact.kind)
        if kind is not None and "relations" in kind.about.provides and artifact.source.strip():
            return kind.facts(artifact.source)
    return None
