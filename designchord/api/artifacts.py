"""Artifacts: read, edit, make again, history, picture. Kinds with one part leave ``/{part}`` out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Router

from designchord.api import answers, bodies, change_answers
from designchord.api.answers import answer
from designchord.api.callers import editor_of, owner_of, starter_of, verbs
from designchord.api.pictures import renderer
from designchord.designs import selectors, shapes
from designchord.errors import BadInput
from designchord.kinds import registry

router = Router()

_FAILED = answers.failing(401, 403, 404, 409, 413, 422, 429, 503)
_VIEW = TypeVar("_VIEW", bound=Callable[..., HttpResponse])


def _route(
    method: str, tail: str, name: str, summary: str, response: Any, status: int = 200
) -> Callable[[_VIEW], _VIEW]:
    """Register a view at ``…/{kind}<tail>`` and ``…/{kind}/{part}<tail>``."""

    def register(view: _VIEW) -> _VIEW:
        for path, suffix, function in (("{kind}", "", _whole(view)), ("{kind}/{part}", "Part", view)):
            router.api_operation(
                [method],
                f"/{{design_id}}/artifacts/{path}{tail}",
                response={status: response},
                openapi_extra=_FAILED,
                operation_id=f"{name}{suffix}",
                summary=summary,
            )(function)
        return view

    return register


def _whole(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view for kinds with one part: the same without its parameter ``part``."""

    @wraps(view)
    def whole(request: HttpRequest, **values: Any) -> HttpResponse:
        return view(request, part="", **values)

    signature = inspect.signature(view)
    whole.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[parameter for name, parameter in signature.parameters.items() if name != "part"]
    )
    return whole


# Longer paths first: Django takes the first that fits, and a part could be called like a verb.


@_route("GET", "/revisions/{number}", "getRevision", "Read a revision", answers.Revision)
def get_revision(request: HttpRequest, design_id: str, kind: str, number: int, part: str) -> HttpResponse:
    """One version of an artifact, with its source."""
    owner = owner_of(request)
    row = selectors.revision_get(owner=owner, design_id=design_id, kind=kind, part=part, number=number)
    return answer(shapes.revision(row))


@_route("GET", "/revisions", "listRevisions", "List the revisions", answers.Revisions)
def list_revisions(request: HttpRequest, design_id: str, kind: str, part: str) -> HttpResponse:
    """An artifact's history, newest first, without the sources."""
    rows = selectors.revisions_list(owner=owner_of(request), design_id=design_id, kind=kind, part=part)
    return answer({"items": rows})


@_route("POST", "/regenerate", "regenerate", "Make again", answers.Snapshot, 202)
def regenerate(
    request: HttpRequest, design_id: str, kind: str, part: str, body: bodies.Regenerate | None = None
) -> HttpResponse:
    """Make one artifact anew, following a wish in words."""
    owner, wish = starter_of(request), (body.feedback if body else None) or ""
    verbs().regenerate(owner=owner, design_id=design_id, kind=kind, part=part, feedback=wish)
    return answer(selectors.snapshot(owner=owner, design_id=design_id), status=202)


@_route("POST", "/restore", "restoreRevision", "Restore a revision", answers.Artifact)
def restore(request: HttpRequest, design_id: str, kind: str, body: bodies.Restore, part: str) -> HttpResponse:
    """Make an earlier revision the newest again."""
    owner = editor_of(request)
    found = verbs().restore(owner=owner, design_id=design_id, kind=kind, part=part, number=body.number)
    return answer(shapes.artifact(*found))


@_route("GET", "/svg", "getPicture", "Draw", None)
def get_picture(request: HttpRequest, design_id: str, kind: str, part: str) -> HttpResponse:
    """A diagram drawn by the server."""
    _, _, revision = selectors.artifact_get(owner=owner_of(request), design_id=design_id, kind=kind, part=part)
    drawn = [about.name for about in registry.shown() if about.drawn]
    if kind not in drawn:
        raise BadInput(f"Only diagrams are drawn: {', '.join(drawn)}.", code="not_a_diagram")
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    picture = renderer().svg(revision.source)
    return HttpResponse(picture, content_type="image/svg+xml", headers={"Content-Security-Policy": policy})


@_route("GET", "/conflict", "getConflict", "Read a conflict", change_answers.Conflicting)
def get_conflict(request: HttpRequest, design_id: str, kind: str, part: str) -> HttpResponse:
    """Where a part that was edited by hand and the blueprint of today do not go together: both sides of each place."""
    return answer(verbs().conflict(owner=owner_of(request), design_id=design_id, kind=kind, part=part))


@_route("GET", "", "getArtifact", "Read an artifact", answers.ArtifactWithHtml)
def get_artifact(
    request: HttpRequest,
    design_id: str,
    kind: str,
    part: str,
    format: Literal["source", "html"] = "source",  # noqa: A002
) -> HttpResponse:
    """The newest revision with its source; where its notation is there to be read, with ``format=html`` also as safe
    HTML."""
    design, artifact, revision = selectors.artifact_get(
        owner=owner_of(request), design_id=design_id, kind=kind, part=part
    )
    shown = shapes.artifact(artifact, revision)
    about = registry.about(kind)
    if format == "html" or (about is not None and about.notation == "markdown"):
        from designchord.export.html import artifact_html

        shown["html"] = artifact_html(kind, revision.source, language=design.language)
    return answer(shown)


@_route("PUT", "", "putArtifact", "Save an edit", answers.Artifact)
def put_artifact(request: HttpRequest, design_id: str, kind: str, body: bodies.Edit, part: str) -> HttpResponse:
    """Save an edit made on revision ``base``; 409 when another came between."""
    owner = editor_of(request)
    found = verbs().edit(owner=owner, design_id=design_id, kind=kind, part=part, source=body.source, base=body.base)
    return answer(shapes.artifact(*found))
