"""What a browser may do with our pages. Text of artifacts is hostile until proven otherwise.

Pages run only our own modules; no inline script, no inline style, nothing from elsewhere. What cannot live
with that (Mermaid writes inline styles) runs in a frame of its own: an opaque origin without network,
storage or access to the page, which exchange plain data with it and nothing else.

What a policy refuses is reported to ``web.reports``. Every browser knows ``report-uri``; those that prefer
``report-to`` want encryption for it, so that is said only where there is some, and not in the frames, whose origin is
nobody's.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

CSP = "Content-Security-Policy"

REPORTS = "/csp-reports"
_ENCRYPTED = settings.DESIGNCHORD.https != "off"

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "frame-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types designchord",
        f"report-uri {REPORTS}",
        *(["report-to csp"] if _ENCRYPTED else []),
    )
)

#: For the frames that draw. ``sandbox`` without ``allow-same-origin`` makes their origin opaque.
FRAME_POLICY = "; ".join(
    (
        "sandbox allow-scripts",
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        f"report-uri {REPORTS}",
    )
)

_HEADERS = {
    CSP: PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    **({"Reporting-Endpoints": f'csp="{REPORTS}"'} if _ENCRYPTED else {}),
}


class SecurityHeaders:
    """Middleware that adds the headers which a view has not set itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response
