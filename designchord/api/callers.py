"""Who is asking, and what they may ask for."""

from __future__ import annotations

from django.http import HttpRequest

from designchord import wiring
from designchord.designs.models import Owner
from designchord.pipeline.verbs import Verbs


def owner_of(request: HttpRequest) -> Owner:
    """Whose designs the request is about. In the embedded mode there is one owner and nobody signs in."""
    return wiring.application().owner()


def verbs() -> Verbs:
    return wiring.application().verbs
