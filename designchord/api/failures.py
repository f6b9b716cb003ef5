"""Errors as HTTP. The only place that knows which error is which status.

Every failure has one shape: ``{"error": {"code", "message", "details", "request_id"}}``. Messages are ours; the text of
foreign exceptions never gets here.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from designchord.designs.troubles import told
from designchord.errors import (
    BadInput,
    Conflict,
    DesignchordError,
    Forbidden,
    ModelError,
    NotFound,
    NotSignedIn,
    QuotaExceeded,
    SettingsError,
    Stopped,
    TooLarge,
    Unavailable,
)

#: Where the guard notes a request's id.
REQUEST_ID = "designchord.request_id"

#: The nearest of an error's classes counts.
_STATUS: dict[type[DesignchordError], int] = {
    BadInput: 422,
    TooLarge: 413,
    NotFound: 404,
    NotSignedIn: 401,
    Forbidden: 403,
    Conflict: 409,
    QuotaExceeded: 429,
    SettingsError: 503,
    Unavailable: 503,
    ModelError: 502,
    Stopped: 409,
    DesignchordError: 500,
}

#: What is said of a status when nobody said anything better.
_PLAIN = {
    400: ("bad_request", "The request cannot be understood."),
    401: ("not_signed_in", "Sign in first, or send a token that is valid."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is no such thing here."),
    405: ("method_not_allowed", "This address does not know that method."),
    413: ("too_large", "The request is too large."),
    500: ("internal_error", "Something went wrong on our side. It was noted under the request id."),
}

#: Seconds after which to try again what could not be answered now.
RETRY_AFTER = 5


def failure(
    request: HttpRequest, status: int, code: str = "", message: str = "", details: dict[str, Any] | None = None
) -> HttpResponse:
    """An error response in the one shape."""
    plain_code, plain_message = _PLAIN.get(status, ("error", "The request failed."))
    shape = shaped(code or plain_code, message or plain_message, details, request.META.get(REQUEST_ID, ""))
    response = HttpResponse(shape, content_type="application/json", status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def shaped(code: str, message: str, details: dict[str, Any] | None, request_id: str) -> bytes:
    """The one shape of every failure."""
    error = {"code": code, "message": message, "details": details or {}, "request_id": request_id}
    return json.dumps({"error": error}, ensure_ascii=False, default=str).encode("utf-8", "replace")


def of_error(request: HttpRequest, error: DesignchordError) -> HttpResponse:
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    response = failure(request, status, error.code, error.message, error.details)
    if isinstance(error, QuotaExceeded):
        response["Retry-After"] = str(max(1, round(error.retry_after)))
    return response


def of_status(request: HttpRequest, status: int) -> HttpResponse:
    return failure(request, status)


def known_failure(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The answer to an error that everybody may run into: ours, and a database that is away. None for all others."""
    if isinstance(error, Error):
        error = told(error)
    return of_error(request, error) if isinstance(error, DesignchordError) else None


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``: what no view and no middleware has answered, the database's absence among it."""
    return known_failure(request, sys.exc_info()[1]) or failure(request, 500)


def register(api: NinjaAPI) -> None:
    """Teach an API to fail in the one shape."""

    @api.exception_handler(DesignchordError)
    def designchord_error(request: HttpRequest, error: DesignchordError) -> HttpResponse:
        return of_error(request, error)

    @api.exception_handler(Error)
    def database_error(request: HttpRequest, error: Error) -> HttpResponse:
        return of_error(request, told(error))

    @api.exception_handler(ValidationError)
    def validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return _of_validation(request, error.errors)

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        if error.status_code == 400:  # the only one that the framework itself raises here
            return failure(request, 400, "malformed_json", "The body is not JSON.")
        return failure(request, error.status_code)

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return failure(request, 404)


def _of_validation(request: HttpRequest, errors: list[dict[str, Any]]) -> HttpResponse:
    """The first fault gives the code; all are listed, without the values that were sent."""
    fields = [
        {"field": ".".join(str(part) for part in error["loc"][2:] or error["loc"][-1:]), "message": error["msg"]}
        for error in errors[:20]
    ]
    kinds = [str(error["type"]) for error in errors]
    if "string_too_long" in kinds:
        at = kinds.index("string_too_long")
        limit = errors[at].get("ctx", {}).get("max_length")
        message = f"The {fields[at]['field']} is too long: {limit:,} characters at most." if limit else ""
        return failure(request, 413, "too_large", message, {"fields": fields})
    first = fields[0]
    known = {
        "extra_forbidden": ("unknown_field", f"There is no field {first['field']!r}."),
        "missing": ("missing_field", f"The field {first['field']!r} is missing."),
        "string_unicode": ("not_text", f"The {first['field']} holds characters that are not text."),
    }
    code, message = known.get(kinds[0], ("invalid_field", f"{first['field']}: {first['message']}."))
    return failure(request, 422, code, message, {"fields": fields})
