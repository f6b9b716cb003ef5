"""``designchord assumptions``: what a design takes for granted, to confirm or to strike."""

from __future__ import annotations

import click

from designchord.cli.base import Shape
from designchord.cli.output import print_json
from designchord.cli.session import reached
from designchord.cli.watching import watch
from designchord.errors import NotFound


@click.command(short_help="List what a design takes for granted; confirm or strike it.")
@click.argument("design_id", metavar="ID")
@click.option("--confirm", default="", metavar="A1,A2", help="These are so.")
@click.option("--strike", default="", metavar="A3", help="Take these out, with what cannot be without them.")
@click.option("--refresh", is_flag=True, help="Also make again what is out of date then.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def assumptions(design_id: str, confirm: str, strike: str, refresh: bool, as_json: bool) -> int:
    """List the assumptions of the design ID, after confirming and striking some of them: all or none of those."""
    with reached(running=refresh) as designs:
        confirmed, struck = _ids(confirm), _ids(strike)
        if confirmed or struck:
            designs.settle(design_id, confirmed=confirmed, struck=struck)
        if refresh:
            designs.refresh(design_id)
            watch(designs, design_id, quiet=True)
        left, stale = _standing(designs.snapshot(design_id))
    if as_json:
        print_json({"id": design_id, "assumptions": left, "stale": stale})
        return 0
    for entry in left:
        click.echo(f"{entry['id']:<5} {entry['text']}")
    if not left:
        click.echo("Nothing is assumed.")
    if stale:
        click.echo(f"{stale} artifacts are out of date: add --refresh to make them again.", err=True)
    return 0


def _ids(listed: str) -> tuple[str, ...]:
    return tuple(part.strip().upper() for part in listed.split(",") if part.strip())


def _standing(snapshot: Shape) -> tuple[list[dict[str, str]], int]:
    """The assumptions of the current blueprint, and how many artifacts are out of date."""
    from designchord.blueprint import answering

    artifacts = snapshot["artifacts"]
    blueprint = next((one for one in artifacts if one["kind"] == "blueprint"), None)
    if blueprint is None:
        raise NotFound("This design has no blueprint yet.", code="artifact_not_found")
    listed = [assumption.model_dump() for assumption in answering.load(blueprint["revision"]["source"]).assumptions]
    return listed, sum(artifact["stale"] is not None for artifact in artifacts)
