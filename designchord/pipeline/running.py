"""A design that runs while somebody looks on: its stories played with what was sent and answered, its API tried out.

Nothing of it is stored. It is computed from the newest revisions, within seconds of the processor's time.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

from pydantic import ValidationError

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint
from designchord.designs import selectors
from designchord.designs.models import Owner
from designchord.errors import Conflict, NotFound, TooLarge
from designchord.kinds.about import BLUEPRINT
from designchord.rehearsal.requests import Tried
from designchord.settings import Limits

if TYPE_CHECKING:
    from designchord.rehearsal.stage import Stage

T = TypeVar("T")

#: Seconds of the processor's time that the rehearsal of a report may take.
REHEARSAL: Final = 5.0


def enough(seconds: float) -> Callable[[], bool]:
    """Whether this thread has computed for so long since now."""
    end = time.thread_time() + seconds
    return lambda: time.thread_time() > end


def play(*, owner: Owner, design_id: UUID | str, story: str | None = None) -> dict[str, Any]:
    """The rehearsal of a design as it stands now, with requests and answers; of one story where it is named."""
    from designchord.rehearsal.rehearsing import rehearse

    sources, blueprint, language = _newest(owner, design_id)
    if story is not None and all(one.id != story for one in blueprint.scenarios):
        raise NotFound("There is no such story in this design.", code="story_not_found")
    rehearsal = rehearse(sources, blueprint, language, only=story, spent=enough(REHEARSAL))
    return rehearsal.to_dict(bodies=True) | {"problems": [one.to_dict() for one in rehearsal.problems]}


def offer(*, owner: Owner, design_id: UUID | str, limits: Limits) -> dict[str, Any]:
    """What can be tried, with examples that work."""
    from designchord.rehearsal.trying import offered

    stage, language = _stage(owner, design_id)
    found = _with_tables(lambda: offered(stage, language=language))
    return found | {"limits": {"requests": limits.try_requests, "body": limits.try_chars}}


def try_out(
    *, owner: Owner, design_id: UUID | str, before: Sequence[Tried], request: Tried, limits: Limits
) -> dict[str, Any]:
    """The answer of a mock of the design to a request, after those that came ``before`` it."""
    from designchord.rehearsal.trying import OutOfTime, changes, tried

    if len(before) > limits.try_requests or sum(len(one.body) for one in before) > 10 * limits.try_chars:
        raise Conflict("The sandbox is full: begin it again.", code="sandbox_full")
    if len(request.body) > limits.try_chars:
        raise TooLarge(f"A body to try has at most {limits.try_chars} characters.")
    stage, language = _stage(owner, design_id)
    spent = enough(limits.try_seconds)
    try:
        answer = _with_tables(lambda: tried(stage, before, request, language=language, spent=spent))
    except OutOfTime:
        raise Conflict("The sandbox takes too long: begin it again.", code="sandbox_slow") from None
    return {
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": answer.body,
        "changes": changes(request, answer),
    }


def _with_tables(work: Callable[[], T]) -> T:
    try:
        return work()
    except sqlite3.Error:
        raise Conflict("The tables of this design cannot be created.", code="not_playable") from None


def _newest(owner: Owner, design_id: UUID | str) -> tuple[dict[tuple[str, str], str], Blueprint, str]:
    """The newest sources of a design, its blueprint and its language."""
    design = selectors.design_get(owner=owner, design_id=design_id)
    _, sources = selectors.current_sources(design_id=design.pk)
    try:
        return sources, answering.load(sources.pop((BLUEPRINT.name, ""))), design.language
    except (KeyError, ValidationError, ValueError):
        raise Conflict("There is nothing to play yet: the design has no blueprint.", code="not_playable") from None


def _stage(owner: Owner, design_id: UUID | str) -> tuple[Stage, str]:
    from designchord.rehearsal.stage import stage_of
    from designchord.rehearsal.stories import Telling

    sources, blueprint, language = _newest(owner, design_id)
    stage = stage_of(sources, blueprint, Telling(only=""))
    if stage is None:
        raise Conflict("There is nothing to try: the design has no API that can be read.", code="not_playable")
    return stage, language
