"""What a command works with: what is stored here, or a designchord here or on a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from designchord.cli.base import Designchord
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
    from django.db import Error

    from designchord import wiring
    from designchord.designs.troubles import trouble

    wiring.setup()
    wiring.prepare_database()
    app = wiring.application()
    if running:
        app.run()
    try:
        yield Session(app, app.owner())
    except Error as error:
        raise trouble(error) from None
    finally:
        app.close(GRACE_SECONDS)


@contextmanager
def reached(*, running: bool = False) -> Iterator[Designchord]:
    """The designchord that was chosen. ``running``: the command waits for steps, so here somebody has to run them."""
    address = chosen_server()
    if address is None:
        from designchord.cli.local import Local

        with opened(running=running) as session:
            yield Local(session.app, session.owner)
        return

    from designchord.cli.credentials import find_token
    from designchord.cli.http import Server
    from designchord.cli.remote import Remote

    yield Remote(Server(address, token=find_token(address)))


def chosen_server() -> str | None:
    """The address that ``--server`` or ``DESIGNCHORD_SERVER`` names; None for this machine."""
    chosen = click.get_current_context().find_root().params
    if not chosen.get("server"):
        return None

    from designchord.cli.http import vet_address

    return vet_address(chosen["server"], allow_http=chosen["allow_http"])
