"""``designchord verify``: what was built, held against its design."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from designchord.errors import BadInput

if TYPE_CHECKING:
    from designchord.cli.reporting import Place
    from designchord.readers.system import System
    from designchord.verification.plan import Plan
    from designchord.verification.verifying import Verification

_RANKS = {"error": 0, "warning": 1, "info": 2}
MOST_REVISION = 100
_FORMATS = ("text", "json", "sarif", "junit", "codequality", "github")


@click.command(short_help="Hold what was built against its design.")
@click.argument("design", metavar="DESIGN|FOLDER")
@click.option("--openapi", multiple=True, metavar="FILE|URL", help="The built API's description.")
@click.option("--ddl", multiple=True, metavar="PATH", help="The built schema: a script, or a folder of migrations.")
@click.option(
    "--database",
    envvar="DESIGNCHORD_DATABASE",
    metavar="ADDRESS",
    help="The built database: postgresql://…, mysql://…, a SQLite file; or env:NAME, @FILE that hold the address.",
)
@click.option("--schema", default="", metavar="NAME", help="Only this schema of the database.")
@click.option("--dialect", default="", metavar="NAME", help="The scripts' dialect: postgres, mysql, sqlite, …")
@click.option("--base-url", metavar="URL", help="The service as it runs: what the stories ask of it is asked.")
@click.option("--allow-writes", is_flag=True, help="With --base-url: play the stories whole, creating and deleting.")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="NAME=VALUE",
    help="With --base-url: such as member_token=env:TOKEN (or @FILE); may be repeated.",
)
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to a file.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="warning",
    show_default=True,
    help="What makes the exit code 1.",
)
@click.option(
    "--accepted",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Differences that are wanted; else designchord-accepted.yaml here, if there is one.",
)
@click.option("--accept", multiple=True, metavar="FINDING", help='Add a finding to them: "CODE THING", or "all".')
@click.option("--reason", default="", help="Why it is accepted.")
@click.option("--by", default="", help="Who accepts it.")
@click.option("--until", default="", metavar="DATE", help="Until when, such as 2027-03-31.")
@click.option(
    "--report-to",
    metavar="URL",
    help="Keep what was found with the design on a server: its address, or https://SERVER/designs/ID for a folder.",
)
@click.option(
    "--revision",
    default="",
    envvar="DESIGNCHORD_REVISION",
    metavar="NAME",
    help="With --report-to: which version was built, such as a commit.",
)
def verify(
    design: str,
    openapi: tuple[str, ...],
    ddl: tuple[str, ...],
    database: str | None,
    schema: str,
    dialect: str,
    base_url: str | None,
    allow_writes: bool,
    inputs: tuple[str, ...],
    form: str,
    output: Path | None,
    fail_on: str,
    accepted: Path | None,
    accept: tuple[str, ...],
    reason: str,
    by: str,
    until: str,
    report_to: str | None,
    revision: str,
) -> int:
    """Compare a built system with its design: a stored design's id, an exported folder, or a blueprint.json.

    One finding for each cause, with both places and the two ways to mend it. Nothing is written, no model is asked.
    What frameworks do by convention (plural tables, prefixes, _id, created_at, camel case, base paths) is no
    difference. Exit code 1 when something is found (--fail-on), 2 when something cannot be read.
    """
    from designchord.cli.against import read_design
    from designchord.cli.heap import uncollected
    from designchord.cli.output import write_file
    from designchord.cli.playing import with_service
    from designchord.verification.accepting import spent
    from designchord.verification.formats import FORMATS
    from designchord.verification.verifying import verify as compare

    if not (openapi or ddl or database or base_url):
        raise BadInput("Name what was built: --openapi, --ddl, --database or --base-url.", code="empty")
    place = _place(report_to, design, revision)
    against = read_design(design, place)
    with uncollected():
        verification = compare(against.plan, _system(openapi, ddl, database, schema=schema, dialect=dialect))
    if base_url:
        verification = with_service(verification, against, base_url, inputs, writing=allow_writes)
    if accept:
        return _accept(verification, accepted, accept, reason=reason, by=by, until=until)
    verification, known = _without_accepted(verification, accepted)
    report = FORMATS[form](verification)
    if output is not None:
        write_file(output, f"{report}\n".encode())
    elif report:
        click.echo(report)
    for one in spent(verification, known):
        click.echo(f"accepted and there no more: {one}", err=True)
    click.echo(_summary(verification), err=True)
    if place is not None:
        _report(place, verification, against.plan, revision)
    found = [one for one in verification.findings if _RANKS[one.severity] <= _RANKS.get(fail_on, -1)]
    return 1 if found else 0


def _place(report_to: str | None, design: str, revision: str) -> Place | None:
    from designchord.cli.reporting import place_of

    if len(revision) > MOST_REVISION:
        raise BadInput(f"--revision has more than {MOST_REVISION} characters.", code="revision_long")
    return place_of(report_to, design) if report_to else None


def _report(place: Place, verification: Verification, plan: Plan, revision: str) -> None:
    from designchord.verification.reporting import report

    number = place.send(report(verification, fingerprint=plan.fingerprint, revision=revision.strip()))
    click.echo(f"Verification {number} is at {place.address}/designs/{place.design}/#report", err=True)


def _system(
    openapi: tuple[str, ...], ddl: tuple[str, ...], database: str | None, *, schema: str, dialect: str
) -> System:
    """What was built; each input has to say something, or a green run would mean nothing."""
    from designchord.cli.inputs import is_database, read_given
    from designchord.readers.reading import STORED
    from designchord.readers.system import System

    apis = read_given(openapi)
    scripts = read_given(ddl, dialect=dialect)
    tables = (
        read_given([database if is_database(database) else f"sqlite:///{database}"], schema=schema) if database else []
    )
    for named, readings, what in (
        (openapi, apis, "operations"),
        (ddl, scripts, "tables"),
        (database, tables, "tables"),
    ):
        facts = [one.facts.operations if what == "operations" else one.facts.entities for one in readings]
        if named and not any(facts):
            first = next((f" {one.problem.message}" for r in readings for one in r.remarks), "")
            shown = ", ".join(named) if isinstance(named, tuple) else "the database"
            raise BadInput(f"No {what} could be read of {shown}.{first}", code="nothing_read")
    # An API's folder may hold drawings as well; what is compared is what was built.
    built = [one for one in (*apis, *scripts, *tables) if one.notation in STORED or one.notation == "openapi"]
    return System(built)


def _without_accepted(verification: Verification, named: Path | None) -> tuple[Verification, tuple]:  # type: ignore[type-arg]
    from datetime import UTC, datetime

    from designchord.verification import accepting

    known = _read_accepted(named)
    return accepting.accept(verification, known, datetime.now(UTC).date()), known


def _read_accepted(named: Path | None) -> tuple:  # type: ignore[type-arg]
    from designchord.cli.texts import read_file
    from designchord.verification import accepting

    path = named or Path(accepting.FILE)
    if not path.is_file():
        if named is not None:
            raise BadInput(f"There is no file {named}.", code="not_found")
        return ()
    text = read_file(path).text
    if text is None:
        raise BadInput(f"{path} cannot be read.", code="accepted_file")
    return accepting.read(text, str(path))


def _accept(
    verification: Verification, named: Path | None, wanted: tuple[str, ...], *, reason: str, by: str, until: str
) -> int:
    from datetime import date

    from designchord.cli.output import write_file
    from designchord.verification import accepting

    if not reason.strip() or not by.strip():
        raise BadInput("Say why it is accepted (--reason) and by whom (--by).", code="reason_missing")
    try:
        end = date.fromisoformat(until) if until else None
    except ValueError:
        raise BadInput("--until is a date like 2027-03-31.", code="bad_date") from None
    chosen = [one for one in verification.findings if "all" in wanted or one.key in wanted]
    unknown = [one for one in wanted if one != "all" and one not in {finding.key for finding in chosen}]
    if unknown:
        raise BadInput(f"There is no finding “{unknown[0]}”: write its code and its thing.", code="not_found")
    path = named or Path(accepting.FILE)
    keys = {one.key for one in chosen}
    known = [one for one in (_read_accepted(path) if path.is_file() else ()) if one.finding not in keys]
    added = [accepting.Acceptance(one.key, one.facts, reason.strip(), by.strip(), end) for one in chosen]
    write_file(path, accepting.write([*known, *added]).encode())
    click.echo(f"{path}: {len(added)} accepted.", err=True)
    return 0


def _summary(verification: Verification) -> str:
    compared = ", ".join(f"{count} {what}" for what, count in verification.compared)
    told = ", ".join(f"{count} {name}" for name, count in verification.counts.items() if count) or "no difference"
    accepted = f", {len(verification.accepted)} accepted" if verification.accepted else ""
    unread = f"; {len(verification.remarks)} remarks about what could not be read" if verification.remarks else ""
    return f"{compared} compared: {told}{accepted}{unread}."
