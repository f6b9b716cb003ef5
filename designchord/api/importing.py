"""Designs of systems that are there: their files come with the request, nothing is fetched and no database is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router

from designchord.api import answers, bodies
from designchord.api.answers import answer
from designchord.api.callers import check_room, owner_of, starter_of, verbs
from designchord.blueprint import answering
from designchord.designs import selectors
from designchord.errors import BadInput

if TYPE_CHECKING:
    from designchord.readers.importing import Imported

router = Router()

_FAILED = answers.failing(401, 403, 404, 409, 413, 422, 429, 503)


@router.post(
    "/imports/preview",
    response={200: answers.Import},
    openapi_extra=_FAILED,
    operation_id="previewImport",
    summary="See what an import would read",
)
def preview_import(request: HttpRequest, body: bodies.Import) -> HttpResponse:
    """What is read of each file, recognised, contradictory, left out and not understood; nothing is stored."""
    from designchord.readers import telling

    owner_of(request)
    found = _imported(body)
    blueprint = found.joined.blueprint
    counts = {name: len(getattr(blueprint, name)) for name in ("entities", "relations", "operations", "scenarios")}
    told = telling.to_dict(found.system, found.joined, blueprint.language)
    return answer({"title": blueprint.title, **counts, **told})


@router.post(
    "/imports",
    response={202: answers.Snapshot},
    openapi_extra=_FAILED,
    operation_id="importSystem",
    summary="Make a design of what is there",
)
def import_system(
    request: HttpRequest,
    body: bodies.Import,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)] = None,
) -> HttpResponse:
    """The design is like any other from then on. Without ``model`` no model is asked."""
    owner = starter_of(request)
    check_room(owner)
    found = _imported(body)
    design, _ = verbs().start(
        owner=owner,
        brief=found.brief,
        model=body.model or "offline",
        idempotency_key=idempotency_key or None,
        blueprint=answering.dump(found.joined.blueprint),
        assume="none",
        effort=body.effort or "",
    )
    response = answer(selectors.snapshot(owner=owner, design_id=str(design.pk)), status=202)
    response["Location"] = f"/api/v1/designs/{design.pk}"
    return response


def _imported(body: bodies.Import) -> Imported:
    # Loaded when something is imported: readers of SQL take half a second.
    from designchord.readers.importing import Enclosed, imported
    from designchord.readers.inputs import Input, read_inputs

    if any("\0" in file.name + file.text for file in body.files):
        raise BadInput("A file holds characters that are not text.", code="not_text")
    inputs = [Input(file.name.lstrip("/"), file.text) for file in body.files]
    return imported(
        read_inputs(inputs, Enclosed(inputs), body.dialect),
        where=", ".join(given.name for given in inputs),
        author=body.author(),
        title=body.title,
        language=body.language,
        only=body.only,
    )
