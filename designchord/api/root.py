"""The API as one object: parser, errors, routes, the readable description."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from designchord import __version__
from designchord.api import (
    account,
    artifacts,
    blueprint,
    catalogue,
    changes,
    connecting,
    designs,
    events,
    failures,
    importing,
    running,
    sharing,
    verifications,
)
from designchord.export.reference import reference_html, reference_policy


class StrictJson(Parser):
    """JSON as RFC 8259 has it: no ``NaN``, no name twice in one object."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body, object_pairs_hook=_unique, parse_constant=_refuse)


class Reference(DocsBase):
    """The description as a page that needs no script."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        page = reference_html(dict(api.get_openapi_schema()), source="openapi.json")
        return HttpResponse(page, headers={"Content-Security-Policy": reference_policy()})


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


class Described(NinjaAPI):
    """An API whose description also holds what the guard in front of every route may answer."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        failed = {"application/json": {"schema": {"$ref": "#/components/schemas/Failed"}}}
        for operations in schema["paths"].values():
            for operation in operations.values():
                refusals = _REFUSED | _REFUSED_WITH_BODY if "requestBody" in operation else _REFUSED
                for status, description in refusals.items():
                    operation["responses"].setdefault(status, {"description": description, "content": failed})
        return schema


_REFUSED = {
    401: "Nobody is signed in, where there are accounts",
    403: "Not from there, or not in this way",
    404: "There is no such thing, or it belongs to somebody else",
    421: "This server does not answer under that name",
    422: "The request cannot be used as it stands",
    503: "The database does not answer",
}
_REFUSED_WITH_BODY = {400: "The body is not JSON", 413: "Too large", 415: "The body is not called JSON"}

api = Described(
    title="designchord",
    version=__version__,
    description=(
        "Turns a project idea into one consistent, checked software design. Errors always look like "
        '`{"error": {"code", "message", "details", "request_id"}}`, and `code` is stable.'
    ),
    parser=StrictJson(),
    docs=Reference(),
    urls_namespace="api",
)
failures.register(api)
api.add_router("/designs", designs.router, tags=["designs"])
api.add_router("/designs", artifacts.router, tags=["artifacts"])
api.add_router("/designs", blueprint.router, tags=["designs"])
api.add_router("/designs", changes.router, tags=["designs"])
api.add_router("/designs", events.router, tags=["designs"])
api.add_router("/designs", running.router, tags=["designs"])
api.add_router("/designs", sharing.router, tags=["designs"])
api.add_router("/designs", verifications.router, tags=["designs"])
api.add_router("", account.router, tags=["account"])
api.add_router("", importing.router, tags=["designs"])
api.add_router("", connecting.router, tags=["everything else"])
api.add_router("", catalogue.router, tags=["everything else"])
