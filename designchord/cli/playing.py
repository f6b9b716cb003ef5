"""The stories of a design, played against a service that runs, for a verification."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from designchord.cli.against import Against
    from designchord.rehearsal.mock import Answer
    from designchord.rehearsal.runner import Transport
    from designchord.verification.verifying import Verification

#: Seconds after which somebody is told that it goes on.
_WORD: Final = 8.0


def with_service(
    verification: Verification, against: Against, base_url: str, inputs: Sequence[str], *, writing: bool
) -> Verification:
    """A verification with what a service answers to the stories. Unless ``writing``, only to what they ask (GET)."""
    from designchord.cli.calling import Service
    from designchord.cli.rehearse import read_input
    from designchord.rehearsal.stories import Telling
    from designchord.verification.playing import play, with_played

    given = dict(read_input(one) for one in inputs)
    service = Service(base_url)
    # A service remembers what it was told the last time, so values that have to be unique are others now.
    telling = Telling(harmless=not writing, salt=secrets.token_hex(4) if writing else "")
    stage = against.stage(telling)
    played = play(stage, _telling_of_progress(service.send), service.name, inputs=given, spent=service.spent)
    return with_played(verification, against.plan, stage, played)


def _telling_of_progress(send: Transport) -> Transport:
    count, last = 0, time.monotonic()

    def send_and_tell(method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        nonlocal count, last
        answer = send(method, target, headers, body)
        count += 1
        if time.monotonic() - last > _WORD:
            last = time.monotonic()
            click.echo(f"{count} calls …", err=True)
        return answer

    return send_and_tell
