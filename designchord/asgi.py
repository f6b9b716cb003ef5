"""The ASGI application; ``designchord serve`` runs it, any ASGI server can."""

from __future__ import annotations

from designchord import wiring

wiring.setup()

from designchord.api.handler import Handler  # noqa: E402 - Django is configured above

application = Handler()
