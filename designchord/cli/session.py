"""A command's connection to what is stored: Django set up, the database brought up to date, the owner known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designchord.errors import Unavailable

if TYPE_CHECKING:
    from designchord.designs.models import Owner
    from designchord.wiring import App

#: Seconds that running steps get when a command ends before them.
GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Session:
    app: App
    owner: Owner


@contextmanager
def opened(*, running: bool = False) -> Iterator[Session]:
    """Open what is stored; ``running`` also runs steps in this process until the end."""
    from django.db import DatabaseError

    from designchord import wiring

    wiring.setup()
    wiring.prepare_database()
    app = wiring.application()
    if running:
        app.run()
    try:
        yield Session(app, app.owner())
    except DatabaseError:
        raise Unavailable("The database does not answer. Check DESIGNCHORD_DATABASE_URL.") from None
    finally:
        app.close(GRACE_SECONDS)
