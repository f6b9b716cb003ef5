"""``designchord status``: what is stored and how far it is."""

from __future__ import annotations

import click

from designchord.cli.output import print_json
from designchord.cli.session import opened


@click.command(short_help="List designs, or show the steps of one.")
@click.argument("design_id", required=False, metavar="[ID]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(design_id: str | None, as_json: bool) -> int:
    """List the designs of this machine, newest first, or show the steps of one."""
    with opened() as session:
        from designchord.designs import selectors

        if design_id is None:
            items = selectors.designs_list(owner=session.owner)["items"]
            if as_json:
                print_json(items)
            for item in () if as_json else items:
                click.echo(f"{item['id']}  {item['state']:<9}  {item['created_at'][:16]}  {item['title']}")
            return 0
        snapshot = selectors.snapshot(owner=session.owner, design_id=design_id)
    if as_json:
        print_json({key: snapshot[key] for key in ("id", "title", "state", "error", "steps", "usage")})
        return 0
    click.echo(f"{snapshot['title']}: {snapshot['state']}")
    for step in snapshot["steps"]:
        told = (step["error"] or {}).get("message") or step["phase"]
        click.echo(f"  {step['state']:<9} {step['kind']:<10} {step['title'] or step['part']}  {told}".rstrip())
    return 0
