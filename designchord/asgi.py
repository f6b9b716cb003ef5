"""The ASGI application; ``designchord serve`` runs it, any ASGI server can."""

from __future__ import annotations

from designchord import wiring

wiring.setup()

from django.core.asgi import get_asgi_application  # noqa: E402 - Django is configured above

application = get_asgi_application()
