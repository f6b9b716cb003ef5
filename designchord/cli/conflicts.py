"""Where a change of the blueprint meets what somebody edited by hand: both sides are shown, and one is chosen."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from designchord.cli.base import Designchord, Shape
from designchord.errors import NotFound

#: What ``--keep`` says, and the side of a clash that it means.
SIDES = {"mine": "yours", "change": "theirs"}

#: The exit code where something was edited by hand and nobody has said which side counts.
UNDECIDED = 3


def clashing(proposed: Shape) -> list[Shape]:
    """The artifacts of a preview that a change cannot be merged into."""
    return [one for one in proposed["preview"]["artifacts"] if one["clashes"]]


def show_clashes(proposed: Shape) -> None:
    for artifact in clashing(proposed):
        for clash in artifact["clashes"]:
            _show(artifact, clash)


def settle_clashes(designs: Designchord, design_id: str, done: Shape, *, keep: str | None, may_ask: bool) -> bool:
    """Save each artifact with the sides that were chosen: all by ``keep``, else as somebody at the terminal says. False
    where nobody was there to be asked; then these stay as they were edited, and out of date."""
    found = clashing(done)
    if keep is None and not (may_ask and sys.stdin.isatty()):
        for one in found:
            click.echo(f"{_named(one)} stays as it was edited; choose a side with --keep, or on the page.", err=True)
        return not found
    for one in found:
        try:
            conflict = designs.conflict(design_id, kind=one["kind"], part=one["part"])
        except NotFound:
            continue  # somebody has just brought it up to date
        text = "".join(_pieces(one, conflict, keep))
        designs.edit(design_id, kind=one["kind"], part=one["part"], source=text, base=conflict["number"])
        click.echo(f"{_named(one)}: saved.", err=True)
    return True


def _pieces(artifact: Shape, conflict: Shape, keep: str | None) -> Iterator[str]:
    for piece in conflict["pieces"]:
        if piece["clash"] is None:
            yield piece["text"]
            continue
        side = keep
        if side is None:
            _show(artifact, piece["clash"])
            side = click.prompt("Keep", type=click.Choice(list(SIDES)), err=True)
        yield piece["clash"][SIDES[side]]


def _show(artifact: Shape, clash: Shape) -> None:
    click.echo(f"{_named(artifact)}, line {clash['line']}, was edited by hand:", err=True)
    for name, side in SIDES.items():
        for line in clash[side].splitlines() or [""]:
            click.echo(f"  {name:<6} | {line}", err=True)


def _named(artifact: Shape) -> str:
    return " ".join(filter(None, (artifact["kind"], artifact["part"])))
