"""``designchord import``: a design of a system that is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from designchord.cli.generate import tell, write_design
from designchord.cli.output import claim_folder, print_json, write_folder
from designchord.cli.session import reached
from designchord.cli.watching import CODES, watch
from designchord.errors import BadInput

if TYPE_CHECKING:
    from designchord.readers.importing import Imported
    from designchord.readers.joining import Joined
    from designchord.readers.system import System

#: The report that lies beside the design.
REPORT = "imported.md"


@click.command(name="import", short_help="Make a design of a system that is there.")
@click.argument("inputs", nargs=-1, required=True, metavar="PATH|URL…")
@click.option("--title", help="The design's title; else that of the API.")
@click.option("--idea", metavar="FILE", help="An idea file: its title, text and requirements become the design's.")
@click.option("--language", metavar="CODE", help="ko, en, …; else the idea's own, or English.")
@click.option("--only", metavar="LIST", help="Only these groups, entities or tables, separated by commas.")
@click.option("--schema", default="", metavar="NAME", help="Only this schema of a database.")
@click.option("--dialect", default="", metavar="NAME", help="The scripts' dialect: postgres, mysql, sqlite, …")
@click.option("--model", metavar="NAME", help="Let a model write document and diagrams; else rules do.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="The folder to write.")
@click.option("--force", is_flag=True, help="Write into a folder that is not empty.")
@click.option("--preview", is_flag=True, help="Only say what would be imported.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def import_system(
    inputs: tuple[str, ...],
    title: str | None,
    idea: str | None,
    language: str | None,
    only: str | None,
    schema: str,
    dialect: str,
    model: str | None,
    out: Path | None,
    force: bool,
    preview: bool,
    as_json: bool,
) -> int:
    """Read what is there and make a design of it, which is like any other from then on.

    Read are OpenAPI documents (.json, .yaml, addresses on the web), schemas in SQL (.sql files and folders of
    migrations), databases (postgresql://…, mysql://…, SQLite files; or env:NAME, @FILE that hold the address), DBML,
    ER and sequence diagrams (.mmd, .md) and folders of designs. No row of a database is read, no model is asked. What
    nobody said (who uses it, what it is for) is listed as an assumption to confirm.
    """
    from designchord.cli.heap import uncollected
    from designchord.cli.idea import read_brief
    from designchord.cli.inputs import read_given
    from designchord.readers import telling
    from designchord.readers.importing import imported

    if out is None and not preview:
        raise BadInput("Name the folder to write: --out DIR.", code="output_missing")
    if out is not None and not preview:
        claim_folder(out, force=force)
    author = read_brief(idea, title=title, content=None, requirements=None, language=language) if idea else None
    with uncollected():
        found = imported(
            read_given(inputs, dialect=dialect, schema=schema),
            where=", ".join(inputs),
            author=author,
            title=title or "",
            language=language or "",
            only=(only or "").split(","),
        )
    if out is not None and not preview:
        return _write(found, out, model=model or "offline", as_json=as_json)
    system, joined = found.system, found.joined
    if as_json:
        print_json(telling.to_dict(system, joined, joined.blueprint.language))
    else:
        click.echo(telling.report(system, joined, joined.blueprint.language), nl=False)
    return 0


def _write(found: Imported, out: Path, *, model: str, as_json: bool) -> int:
    """Make the design of what was read, with its report beside it."""
    from designchord.blueprint import answering
    from designchord.readers import telling

    system, joined = found.system, found.joined
    with reached(running=True) as designs:
        source = answering.dump(joined.blueprint)
        design_id = designs.start(found.brief, kinds=(), model=model, assume="none", blueprint=source)
        try:
            snapshot = watch(designs, design_id, quiet=False)
        except KeyboardInterrupt:
            designs.cancel(design_id)
            raise
    files = write_design(out, snapshot, pictures=False)
    write_folder(out, {REPORT: telling.report(system, joined, joined.blueprint.language)})
    if not as_json:
        click.echo(_counted(system, joined), err=True)
    tell(snapshot, out, [*files, REPORT], as_json=as_json)
    return CODES.get(snapshot["state"], 1)


def _counted(system: System, joined: Joined) -> str:
    blueprint = joined.blueprint
    unread = f", {len(system.remarks)} remarks" if system.remarks else ""
    left = f", {len(joined.left_out)} left out" if joined.left_out else ""
    return f"{len(blueprint.entities)} entities, {len(blueprint.operations)} operations{left}{unread}: see {REPORT}."
