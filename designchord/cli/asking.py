"""Words for a change that a model reads, waited for at the command line."""

from __future__ import annotations

import click

from designchord.cli.base import Designchord, Shape
from designchord.cli.progress import choose_progress
from designchord.errors import Conflict


def proposal_of(
    designs: Designchord, design_id: str, *, words: str, answered: tuple[str, str] | None = None, quiet: bool
) -> tuple[Shape, str | None]:
    """What words would mean, and the id of the request where a model had to read them: then it is waited for, and who
    interrupts lets it go. Raises ``Conflict`` with the model's own code where it gives nothing."""
    found = designs.propose(design_id, words=words, answered=answered)
    if "operations" in found:
        return found, None
    request = str(found["id"])
    try:
        with choose_progress(quiet=quiet) as progress:
            for found in designs.follow_request(design_id, request):
                progress.show([_as_step(found)])
    except KeyboardInterrupt:
        designs.dismiss(design_id, request)
        click.echo("\nStopped; nothing was changed.", err=True)
        raise
    if found["state"] != "done":
        designs.dismiss(design_id, request)
        error = found["error"] or {"code": "request_cancelled", "message": "Somebody has let this request go."}
        raise Conflict(error["message"], code=error["code"], problems=found["problems"])
    return dict(found["proposal"]), request


def dismiss(designs: Designchord, design_id: str, request: str | None) -> None:
    """Let a request go, if it was one."""
    if request is not None:
        designs.dismiss(design_id, request)


def _as_step(request: Shape) -> Shape:
    """A request as the steps of a design are shown."""
    written = request.get("written") or 0
    phase = f"{written:,} characters written" if written and request["phase"] == "asking" else request["phase"]
    return {**request, "kind": "request", "part": "", "title": "", "run": request["attempt"], "phase": phase}
