"""Designs: start, list, read, stop, retry, delete, take away."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router

from designchord.api import answers, bodies
from designchord.api.answers import answer
from designchord.api.callers import check_room, editor_of, owner_of, starter_of, verbs
from designchord.api.pictures import drawing
from designchord.designs import selectors
from designchord.designs.models import DesignState, Owner
from designchord.errors import BadInput
from designchord.export.design import from_snapshot
from designchord.export.folder import zip_bytes
from designchord.export.page import single_html
from designchord.export.readme import GITHUB_CHARS, single_markdown

router = Router()

_FAILED = answers.failing(401, 403, 404, 409, 413, 422, 429, 503)


@router.post(
    "", response={202: answers.Snapshot}, openapi_extra=_FAILED, operation_id="startDesign", summary="Start a design"
)
def start_design(
    request: HttpRequest,
    body: bodies.NewDesign,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)] = None,
) -> HttpResponse:
    """Accepted means stored: the design is made even if this process dies. The same key gives the same design again."""
    owner = starter_of(request)
    check_room(owner)
    design, _ = verbs().start(
        owner=owner,
        brief=body.brief(),
        kinds=tuple(body.kinds or ()),
        model=body.model or "",
        idempotency_key=idempotency_key or None,
        blueprint=body.blueprint or "",
        assume=body.assume or "usual",
        effort=body.effort or "",
    )
    response = _snapshot(owner, str(design.pk), status=202)
    response["Location"] = f"/api/v1/designs/{design.pk}"
    return response


@router.get(
    "", response={200: answers.Designs}, openapi_extra=_FAILED, operation_id="listDesigns", summary="List designs"
)
def list_designs(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    cursor: Annotated[str, Query(max_length=60)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    deleted: Annotated[bool, Query()] = False,
) -> HttpResponse:
    """Newest first, a page at a time; with ``deleted`` those that can still be taken back."""
    if "\0" in q + cursor:
        raise BadInput("The search holds characters that are not text.", code="not_text")
    if state and state not in DesignState.values:
        raise BadInput(f"There is no such state. States are {', '.join(DesignState.values)}.", code="unknown_state")
    return answer(
        selectors.designs_list(
            owner=owner_of(request), query=q.strip(), state=state, cursor=cursor, limit=limit, deleted=deleted
        )
    )


@router.get(
    "/{design_id}",
    response={200: answers.Snapshot},
    openapi_extra=_FAILED,
    operation_id="getDesign",
    summary="Read all",
)
def get_design(request: HttpRequest, design_id: str) -> HttpResponse:
    """Everything of a design as of ``last_event_id``."""
    return _snapshot(owner_of(request), design_id)


@router.patch(
    "/{design_id}",
    response={200: answers.Snapshot},
    openapi_extra=_FAILED,
    operation_id="renameDesign",
    summary="Rename",
)
def rename_design(request: HttpRequest, design_id: str, body: bodies.Rename) -> HttpResponse:
    """Give the design another title; what was made of it stays as it is."""
    owner = editor_of(request)
    verbs().rename(owner=owner, design_id=design_id, title=body.title)
    return _snapshot(owner, design_id)


@router.delete(
    "/{design_id}", response={204: None}, openapi_extra=_FAILED, operation_id="deleteDesign", summary="Delete"
)
def delete_design(request: HttpRequest, design_id: str) -> HttpResponse:
    """What is under way is stopped. For a day the design can be taken back."""
    verbs().delete(owner=owner_of(request), design_id=design_id)
    return HttpResponse(status=204)


@router.post(
    "/{design_id}/undelete",
    response={200: answers.Snapshot},
    openapi_extra=_FAILED,
    operation_id="undeleteDesign",
    summary="Undo",
)
def undelete_design(request: HttpRequest, design_id: str) -> HttpResponse:
    """Take a deleted design back."""
    owner = owner_of(request)
    verbs().undelete(owner=owner, design_id=design_id)
    return _snapshot(owner, design_id)


@router.post(
    "/{design_id}/cancel",
    response={200: answers.Snapshot},
    openapi_extra=_FAILED,
    operation_id="cancelDesign",
    summary="Stop",
)
def cancel_design(request: HttpRequest, design_id: str) -> HttpResponse:
    """What was made stays. A design that has ended is left as it is."""
    owner = owner_of(request)
    verbs().cancel(owner=owner, design_id=design_id)
    return _snapshot(owner, design_id)


@router.post(
    "/{design_id}/retry",
    response={202: answers.Snapshot},
    openapi_extra=_FAILED,
    operation_id="retryDesign",
    summary="Retry",
)
def retry_design(request: HttpRequest, design_id: str, body: bodies.Retry | None = None) -> HttpResponse:
    """Run what failed or was stopped again, all of it or one kind or part."""
    place = body or bodies.Retry()
    owner = starter_of(request)
    verbs().retry(owner=owner, design_id=design_id, kind=place.kind or "", part=place.part)
    return _snapshot(owner, design_id, status=202)


@router.post(
    "/{design_id}/refresh",
    response={202: answers.Snapshot},
    openapi_extra=_FAILED,
    operation_id="refreshDesign",
    summary="Refresh",
)
def refresh_design(request: HttpRequest, design_id: str, body: bodies.Refresh | None = None) -> HttpResponse:
    """Bring every stale artifact up to date; ones edited by hand only on request."""
    owner = starter_of(request)
    with_edited = body.with_edited if body else False
    verbs().refresh(owner=owner, design_id=design_id, with_edited=with_edited)
    return _snapshot(owner, design_id, status=202)


#: The page's own policy stands in it; the header takes its origin away, so that it can reach nothing of ours.
_SHOWN = "sandbox allow-scripts allow-modals; frame-ancestors 'none'"


@router.get("/{design_id}/export", operation_id="exportDesign", summary="Take it away")
def export_design(
    request: HttpRequest,
    design_id: str,
    format: Literal["zip", "html", "md", "github"] = "zip",  # noqa: A002 - the URL's word
    shown: bool = False,
) -> HttpResponse:
    """A folder as a zip archive, one page that opens from disk, or one Markdown document; for ``github`` one that its
    issues and comments take, and that says what it leaves out. ``shown``: the page is opened, to be printed, not saved.
    """
    design = from_snapshot(selectors.snapshot(owner=owner_of(request), design_id=design_id))
    if format == "zip":
        data, kind = zip_bytes(design, drawing()), "application/zip"
    elif format == "html":
        data, kind = single_html(design, drawing()).encode(), "text/html; charset=utf-8"
        if shown:
            return HttpResponse(data, content_type=kind, headers={"Content-Security-Policy": _SHOWN})
    elif format == "github":
        data, kind = single_markdown(design, at_most=GITHUB_CHARS).encode(), "text/markdown; charset=utf-8"
    else:
        data, kind = single_markdown(design).encode(), "text/markdown; charset=utf-8"
    name = quote(f"{design.file_stem}.{format}", safe="")
    headers = {"Content-Disposition": f"attachment; filename=\"design.{format}\"; filename*=UTF-8''{name}"}
    return HttpResponse(data, content_type=kind, headers=headers)


def _snapshot(owner: Owner, design_id: str, *, status: int = 200) -> HttpResponse:
    return answer(selectors.snapshot(owner=owner, design_id=design_id), status=status)
