"""``designchord migration``: SQL from one revision of a design to the next, over rows that are there."""

from __future__ import annotations

from typing import Literal

import click

from designchord.errors import BadInput


@click.command(short_help="Write the SQL from one revision of a design to another.")
@click.argument("before", metavar="ID|FOLDER")
@click.argument("after", metavar="ID|FOLDER")
@click.option("--dialect", type=click.Choice(["postgresql", "sqlite"]), default="postgresql", show_default=True)
@click.option("--renamed", multiple=True, metavar="OLD=NEW", help="Loan=Lending or Loan.due=due_at; may be repeated.")
def migration(before: str, after: str, dialect: Literal["postgresql", "sqlite"], renamed: tuple[str, ...]) -> int:
    """Print the statements that turn a database of the design BEFORE into one of AFTER and keep its rows.

    What has the same label under another name counts as renamed. What loses data is said in the first lines, and on
    standard error. Try it on a copy: all tables are made anew and their rows brought over.
    """
    from designchord.cli.staging import playable
    from designchord.rehearsal.revising import migration as migrated

    said = {}
    for one in renamed:
        old, sign, new = one.partition("=")
        if not sign or not old or not new:
            raise BadInput(f"--renamed {one[:60]} is not OLD=NEW.", code="renamed")
        said[old] = new
    made = migrated(playable(before).blueprint, playable(after).blueprint, dialect, renamed=said)
    click.echo(made.script(), nl=False)
    for loss in made.losses:
        click.echo(f"Loses data: {loss}", err=True)
    if not made.statements:
        click.echo("Nothing changed.", err=True)
    return 0
