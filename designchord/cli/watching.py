"""Waiting for a design while a person looks on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from designchord.cli.base import Designchord, Shape
from designchord.cli.output import print_json
from designchord.cli.progress import choose_progress

CODES: Mapping[str, int] = {"done": 0, "partial": 3}


def watch(designs: Designchord, design_id: str, *, quiet: bool) -> Shape:
    """Show the steps until the design has ended; what has come of it."""
    seen: Mapping[str, Any] = {}
    with choose_progress(quiet=quiet) as progress:
        for seen in designs.follow(design_id):
            progress.show(seen["steps"])
    return dict(seen)


def watch_to_end(designs: Designchord, design_id: str, *, as_json: bool, of: tuple[str, str] | None = None) -> int:
    """``watch``, then say what has come of it, also ``of`` the one part that was made again. Whoever interrupts stops
    the design."""
    try:
        snapshot = watch(designs, design_id, quiet=False)
    except KeyboardInterrupt:
        designs.cancel(design_id)
        click.echo(f"\nStopped; what was made is kept. Go on with: designchord retry {design_id}", err=True)
        raise
    unchanged = any(step["unchanged"] for step in snapshot["steps"] if (step["kind"], step["part"]) == of)
    if as_json:
        counts = (snapshot["report"] or {}).get("counts") or {}
        told = {key: snapshot[key] for key in ("id", "title", "state", "error", "usage")}
        print_json(told | {"problems": counts} | ({"unchanged": unchanged} if of else {}))
    else:
        click.echo(f"{snapshot['title']}: {snapshot['state']}")
        if snapshot["error"]:
            click.echo(snapshot["error"]["message"], err=True)
        if unchanged:
            click.echo("The same came of it again, so there is no new revision.")
    return CODES.get(snapshot["state"], 1)
