"""``designchord status``: what is stored and how far it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import click

from designchord.cli.base import Designchord
from designchord.cli.output import print_json
from designchord.cli.session import Session, chosen_server, opened, reached
from designchord.errors import BadInput

_STATES = ("queued", "running", "done", "partial", "failed", "cancelled")


@click.command(short_help="List designs, or show the steps of one.")
@click.argument("design_id", required=False, metavar="[ID]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--system", is_flag=True, help="Show how the parts and the queue stand, for operators.")
def status(design_id: str | None, as_json: bool, system: bool) -> int:
    """List the newest designs, or show the steps of one."""
    if system:
        if chosen_server() is not None:
            raise BadInput("--system is for the machine itself: leave --server out, or ask the server's /metrics.")
        with opened() as session:
            return _show_system(session, as_json=as_json)
    with reached() as designs:
        if design_id is None:
            return show_designs(designs, as_json=as_json)
        snapshot = designs.snapshot(design_id)
    if as_json:
        print_json({key: snapshot[key] for key in ("id", "title", "state", "error", "steps", "usage")})
        return 0
    click.echo(f"{snapshot['title']}: {snapshot['state']}")
    for step in snapshot["steps"]:
        told = (step["error"] or {}).get("message") or step["phase"]
        click.echo(f"  {step['state']:<9} {step['kind']:<10} {step['title'] or step['part']}  {told}".rstrip())
    return 0


@click.command("list", short_help="List designs.")
@click.option("--search", default="", metavar="WORDS", help="Only those with these words in title or content.")
@click.option("--state", type=click.Choice(_STATES), help="Only those in this state.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_designs(search: str, state: str | None, as_json: bool) -> int:
    """List designs, newest first, 50 at most."""
    with reached() as designs:
        return show_designs(designs, search=search, state=state or "", as_json=as_json)


def show_designs(designs: Designchord, *, search: str = "", state: str = "", as_json: bool) -> int:
    items = designs.listed(query=search, state=state)
    if as_json:
        print_json(items)
        return 0
    for item in items:
        click.echo(f"{item['id']}  {item['state']:<9}  {item['created_at'][:16]}  {item['title']}")
    return 0


def _show_system(session: Session, *, as_json: bool) -> int:
    """Everybody's work as figures, and the servers behind it."""
    from designchord.designs import figures

    app = session.app
    readiness = app.readiness()
    steps: Counter[str] = Counter()
    for (_, state), count in figures.steps_by_state().items():
        steps[state] += count
    shown: dict[str, Any] = {
        "servers": {"database": readiness.checks["database"]} if app.settings.embedded else readiness.checks,
        "designs": figures.designs_by_state(),
        "steps": dict(steps),
        "queue_age_seconds": round(figures.queue_age(), 1),
        "steps_retaken": figures.steps_retaken(),
    }
    if as_json:
        print_json(shown)
        return 0
    servers = {name: "answers" if answers else "away" for name, answers in shown["servers"].items()}
    click.echo(f"servers: {_listed(servers)}")
    click.echo(f"designs: {_listed(shown['designs'])}")
    click.echo(f"steps: {_listed(shown['steps'])}; the oldest ready one waits {shown['queue_age_seconds']} s")
    click.echo(f"taken up again after a lost worker: {shown['steps_retaken']}")
    return 0


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items()) or "none"
