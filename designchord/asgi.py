"""The ASGI application; ``designchord serve`` runs it, any ASGI server can."""

from __future__ import annotations

from designchord import wiring

wiring.setup()

from django.core.asgi import get_asgi_application  # noqa: E402 - Django is configured above

from designchord.api.body_limit import BodyLimit  # noqa: E402
from designchord.api.gate import MAX_BODY  # noqa: E402

application = BodyLimit(get_asgi_application(), MAX_BODY)
