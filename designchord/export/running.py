"""What a design runs on, as files: its tables in SQL, its stories as Arazzo documents."""

from __future__ import annotations

from pathlib import PurePosixPath

from pydantic import ValidationError

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint
from designchord.export.design import Design


def sql_files(design: Design) -> dict[str, str]:
    """``schema.postgresql.sql`` and its like; none where there is no blueprint that can be read."""
    blueprint = blueprint_of(design)
    if blueprint is None:
        return {}
    # Loaded when something is written out: SQLAlchemy takes a third of a second.
    from designchord.notation.sql.dialects import NAMES
    from designchord.notation.sql.writing import script
    from designchord.rehearsal.stage import drawn_of
    from designchord.rehearsal.tables import tables_of

    schema = tables_of(blueprint, drawn_of(sources_of(design)))
    return {f"schema.{dialect}.sql": script(schema, dialect) for dialect in NAMES}


def story_files(design: Design) -> dict[str, str]:
    """``stories/<scenario>.arazzo.yaml`` for runners of others, and the API for tools: in the words of OpenAPI 3.0.3,
    as requests to be sent from an editor, as a collection."""
    blueprint = blueprint_of(design)
    if blueprint is None:
        return {}
    from designchord.notation.openapi.lowering import DERIVED_FROM, lower
    from designchord.notation.openapi.writing import to_json
    from designchord.rehearsal.collecting import collection, http_file
    from designchord.rehearsal.rehearsing import yaml_of
    from designchord.rehearsal.stage import API_FILE, stage_of

    stage = stage_of(sources_of(design), blueprint)
    if stage is None:
        return {}
    actor = stage.acting.main
    return {
        **{name: yaml_of(document) for name, document in stage.documents().items()},
        "openapi-3.0.json": to_json(lower(stage.document) | {DERIVED_FROM: PurePosixPath(API_FILE).name}),
        "requests.http": http_file(stage.description, design.title, actor),
        "collection.postman.json": to_json(collection(stage.description, design.title, actor)),
    }


def sources_of(design: Design) -> dict[tuple[str, str], str]:
    return {(one.kind, one.part): one.source for one in design.shown}


def blueprint_of(design: Design) -> Blueprint | None:
    try:
        return answering.load(design.blueprint) if design.blueprint else None
    except (ValidationError, ValueError):
        return None
