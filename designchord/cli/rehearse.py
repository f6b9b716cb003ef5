"""``designchord rehearse``: whether a design runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import click

from designchord.cli.output import print_json, write_file
from designchord.errors import BadInput

if TYPE_CHECKING:
    from designchord.rehearsal.rehearsing import Rehearsal


@click.command(short_help="Create a design's tables, serve its API and play its stories.")
@click.argument("design", metavar="ID|FOLDER")
@click.option("--base-url", metavar="URL", help="Play against this server instead of a mock of the design.")
@click.option(
    "--database", metavar="URL", help="Create the tables in this empty PostgreSQL database too, and drop them."
)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="NAME=VALUE",
    help="Such as user_token=…, or env:NAME, @FILE that hold it; may be repeated.",
)
@click.option("--junit", type=click.Path(path_type=Path), metavar="FILE", help="Write the results as JUnit XML.")
@click.option("--json", "as_json", is_flag=True, help="Print the results with requests and answers as JSON.")
def rehearse(
    design: str, base_url: str | None, database: str | None, inputs: tuple[str, ...], junit: Path | None, as_json: bool
) -> int:
    """Play every story of a design: a stored one by its ID, or an exported FOLDER.

    Proves that tables, API and stories fit together, not that they are what was meant. Exit code 1 when one breaks.
    """
    from designchord.cli.staging import playable
    from designchord.rehearsal.rehearsing import rehearse as play

    given = dict(read_input(one) for one in inputs)
    stage = playable(design)
    if database:
        from designchord.cli.databases import create_tables

        click.echo(f"{create_tables(database, stage)} tables created in the database, and dropped again.", err=True)
    send = None
    if base_url:
        from designchord.cli.calling import Service

        send = Service(base_url).send
    rehearsal = play(stage.sources, stage.blueprint, stage.language, send=send, inputs=given)
    if junit:
        write_file(junit, _junit(rehearsal).encode())
    if as_json:
        print_json(rehearsal.to_dict(bodies=True) | {"problems": [one.to_dict() for one in rehearsal.problems]})
    else:
        _print(rehearsal)
    total = len(rehearsal.stories)
    click.echo(f"{rehearsal.ran} of {total} stories ran.", err=True)
    return 0 if total and rehearsal.ran == total else 1


def read_input(written: str) -> tuple[str, str]:
    """A name and its value, which may stand in the environment (``env:NAME``) or in a file (``@FILE``) instead."""
    from designchord.cli.inputs import secret_of

    name, sign, value = written.partition("=")
    if not sign or not name:
        raise BadInput("--input takes NAME=VALUE, such as member_token=env:TOKEN.", code="input")
    return name, secret_of(value, "value")


def _print(rehearsal: Rehearsal) -> None:
    for story in rehearsal.stories:
        mark = click.style("✓", fg="green") if story.ran else click.style("✗", fg="red")
        asked = sum(one.asked_for for one in story.workflows)
        told = f"{len(story.workflows)} played" + (f", {asked} refusals asked for" if asked else "")
        click.echo(f"{mark} {story.title} ({told})")
    for problem in rehearsal.problems:
        hint = f" ({problem.hint})" if problem.hint else ""
        click.echo(f"  {problem.severity} {problem.code} {problem.message}{hint}")


def _junit(rehearsal: Rehearsal) -> str:
    """Results in the form that build servers read: a suite a story, a case a workflow."""
    suites = []
    for story in rehearsal.stories:
        cases = []
        for one in story.workflows:
            fault = ""
            if not one.ran and one.steps:
                last = one.steps[-1]
                text = f"{last.operation}: {last.fault} {last.status} {last.detail}"
                fault = f"<failure message={quoteattr(text)}>{escape(text)}</failure>"
            cases.append(f"<testcase classname={quoteattr(story.id)} name={quoteattr(one.workflow)}>{fault}</testcase>")
        cases += [
            f"<testcase classname={quoteattr(story.id)} name={quoteattr(gap)}><failure message={quoteattr(gap)}/>"
            "</testcase>"
            for gap in story.gaps
        ]
        failures = sum("<failure" in case for case in cases)
        head = f'<testsuite name={quoteattr(story.title)} tests="{len(cases)}" failures="{failures}">'
        suites.append(f"{head}{''.join(cases)}</testsuite>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>{"".join(suites)}</testsuites>\n'
