"""``designchord assumptions``: what a design takes for granted, to confirm or to strike."""

from __future__ import annotations

import click

from designchord.cli.output import print_json
from designchord.cli.session import Session, opened
from designchord.cli.waiting import wait_until_ended


@click.command(short_help="List what a design takes for granted; confirm or strike it.")
@click.argument("design_id", metavar="ID")
@click.option("--confirm", default="", metavar="A1,A2", help="These are so.")
@click.option("--strike", default="", metavar="A3", help="Take these out, with what cannot be without them.")
@click.option("--refresh", is_flag=True, help="Also make again what is out of date then.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def assumptions(design_id: str, confirm: str, strike: str, refresh: bool, as_json: bool) -> int:
    """List the assumptions of the design ID, after confirming and striking some of them: all or none of those."""
    with opened(running=refresh) as session:
        confirmed, struck = _ids(confirm), _ids(strike)
        if confirmed or struck:
            session.app.verbs.settle(owner=session.owner, design_id=design_id, confirmed=confirmed, struck=struck)
        if refresh and session.app.verbs.refresh(owner=session.owner, design_id=design_id):
            wait_until_ended(session, design_id)
        left, stale = _standing(session, design_id)
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


def _standing(session: Session, design_id: str) -> tuple[list[dict[str, str]], int]:
    """The assumptions of the current blueprint, and how many artifacts are out of date."""
    from designchord.blueprint import answering
    from designchord.designs import selectors

    _, _, current = selectors.artifact_get(owner=session.owner, design_id=design_id, kind="blueprint")
    artifacts = selectors.snapshot(owner=session.owner, design_id=design_id)["artifacts"]
    listed = [assumption.model_dump() for assumption in answering.load(current.source).assumptions]
    return listed, sum(artifact["stale"] is not None for artifact in artifacts)
