"""Share links: a design for reading, for whoever has the link, until it is withdrawn."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from ninja import Router

from designchord.api import answers
from designchord.api.answers import answer
from designchord.api.auth import open_to_all
from designchord.api.callers import owner_of, verbs
from designchord.api.pictures import drawing
from designchord.designs import selectors
from designchord.errors import NotFound
from designchord.export.design import from_snapshot
from designchord.export.page import single_html

router = Router()

_FAILED = answers.failing(401, 403, 404, 422, 503)

#: The page's own policy stands in it; the header takes its origin away, so that it can reach nothing of ours.
_POLICY = "sandbox allow-scripts allow-downloads; frame-ancestors 'none'"


@router.post("/{design_id}/share", response={200: answers.Share}, openapi_extra=_FAILED, operation_id="shareDesign")
def share_design(request: HttpRequest, design_id: str) -> HttpResponse:
    """A link under which anybody can read the design as it then stands. The same link until it is withdrawn."""
    token = verbs().share(owner=owner_of(request), design_id=design_id)
    return answer({"path": f"/share/{token}"})


@router.delete("/{design_id}/share", response={204: None}, openapi_extra=_FAILED, operation_id="withdrawShare")
def withdraw_share(request: HttpRequest, design_id: str) -> HttpResponse:
    """Withdraw the link at once; a later one is another."""
    verbs().unshare(owner=owner_of(request), design_id=design_id)
    return HttpResponse(status=204)


@open_to_all
@require_safe
def show_shared(request: HttpRequest, token: str) -> HttpResponse:
    """The design as one page that holds everything and asks for nothing."""
    try:
        page = single_html(from_snapshot(selectors.shared_snapshot(token=token)), drawing())
    except NotFound as error:
        raise Http404(error.message) from None
    headers = {"Content-Security-Policy": _POLICY, "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}
    return HttpResponse(page, headers=headers)
