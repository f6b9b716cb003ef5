"""What is done about a design that is there: run again, make again, edit, stop, delete, share."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from designchord.cli.base import Designchord, Shape
from designchord.cli.idea import read_text
from designchord.cli.output import print_json
from designchord.cli.session import reached
from designchord.cli.watching import watch_to_end
from designchord.errors import BadInput, NotFound

_DESIGN = click.argument("design_id", metavar="ID")
_KIND = click.argument("kind", metavar="KIND")
_PART = click.argument("part", required=False, metavar="[PART]")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@click.command(short_help="Run again what failed or was stopped.")
@_DESIGN
@click.option("--kind", default="", help="Only this kind.")
@click.option("--part", help="Only this part of it.")
@_JSON
def retry(design_id: str, kind: str, part: str | None, as_json: bool) -> int:
    """Run again what failed or was stopped of the design ID."""
    with reached(running=True) as designs:
        designs.retry(design_id, kind=kind, part=part)
        return watch_to_end(designs, design_id, as_json=as_json)


@click.command(short_help="Make one artifact anew.")
@_DESIGN
@_KIND
@_PART
@click.option("--feedback", default="", metavar="TEXT", help="What should become different, in words.")
@_JSON
def regenerate(design_id: str, kind: str, part: str | None, feedback: str, as_json: bool) -> int:
    """Make one artifact anew: the blueprint, or one of a KIND, of which a design may have several PARTs.

    `designchord show ID` lists them.
    """
    with reached(running=True) as designs:
        found = _artifact(designs, design_id, kind, part)
        designs.regenerate(design_id, kind=kind, part=found["part"], feedback=feedback)
        return watch_to_end(designs, design_id, as_json=as_json, of=(kind, found["part"]))


@click.command(short_help="Bring what is out of date up to date.")
@_DESIGN
@click.option("--with-edited", is_flag=True, help="Also what was edited by hand.")
@_JSON
def refresh(design_id: str, with_edited: bool, as_json: bool) -> int:
    """Make again what was made from an older blueprint."""
    with reached(running=True) as designs:
        designs.refresh(design_id, with_edited=with_edited)
        return watch_to_end(designs, design_id, as_json=as_json)


@click.command(short_help="Print an artifact, or list what there is.")
@_DESIGN
@click.argument("kind", required=False, metavar="[KIND]")
@_PART
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(design_id: str, kind: str | None, part: str | None, as_json: bool) -> int:
    """Print the source of one artifact, or list the artifacts of the design ID."""
    with reached() as designs:
        if kind is not None:
            found = _artifact(designs, design_id, kind, part)
            if as_json:
                print_json(found)
            else:
                click.echo(found["revision"]["source"], nl=not found["revision"]["source"].endswith("\n"))
            return 0
        artifacts = designs.snapshot(design_id)["artifacts"]
    if as_json:
        print_json(artifacts)
        return 0
    for each in artifacts:
        revision = each["revision"]
        stale = f", out of date ({_because(each['stale'])})" if each["stale"] else ""
        click.echo(
            f"{each['kind']:<10} {each['part'] or '-':<30} revision {revision['number']}, {revision['origin']}{stale}; "
            f"{_counted(revision)}"
        )
    return 0


def _because(stale: dict[str, Any]) -> str:
    """The things of the blueprint that changed, the first few of them."""
    named = [" ".join(filter(None, (each["how"], each["what"], each["id"]))) for each in stale["changes"]]
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")


@click.command(short_help="Replace an artifact's source.")
@_DESIGN
@_KIND
@_PART
@click.option("--from", "source", metavar="FILE|-", help="The new source; else your editor is opened with the old one.")
@click.option("--base", type=click.IntRange(1), help="The revision that was edited; else the present one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def edit(design_id: str, kind: str, part: str | None, source: str | None, base: int | None, as_json: bool) -> int:
    """Replace an artifact's source, and say what a check finds in it; only a blueprint must be without errors."""
    with reached() as designs:
        found = _artifact(designs, design_id, kind, part)
        before = found["revision"]
        text = read_text(source) if source is not None else click.edit(before["source"], extension=_suffix(kind))
        if text is None:
            click.echo("Nothing was changed.", err=True)
            return 0
        edited = designs.edit(design_id, kind=kind, part=found["part"], source=text, base=base or before["number"])
    revision = edited["revision"]
    if as_json:
        print_json(edited)
        return 0
    for problem in revision["problems"]:
        place = f"{problem.get('line') or 0}:{problem.get('column') or 0}"
        click.echo(f"{place} {problem['severity']} {problem['code']} {problem['message']}")
    click.echo(f"revision {revision['number']}; {_counted(revision)}")
    return 0


@click.command(short_help="Stop a design.")
@_DESIGN
def cancel(design_id: str) -> int:
    """Stop the design ID; what was made stays. One that has ended is left as it is."""
    with reached() as designs:
        designs.cancel(design_id)
        snapshot = designs.snapshot(design_id)
    click.echo(f"{snapshot['title']}: {snapshot['state']}")
    return 0


@click.command(short_help="Delete a design.")
@_DESIGN
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(design_id: str, yes: bool) -> int:
    """Delete the design ID. For a day `undelete` takes it back."""
    with reached() as designs:
        if not yes:
            click.confirm(f"Delete “{designs.snapshot(design_id)['title']}”?", abort=True)
        designs.delete(design_id)
    click.echo(f"Deleted. For a day it can be taken back: designchord undelete {design_id}")
    return 0


@click.command(short_help="Take a deleted design back.")
@_DESIGN
def undelete(design_id: str) -> int:
    """Take the design ID back, within a day after it was deleted."""
    with reached() as designs:
        designs.undelete(design_id)
        snapshot = designs.snapshot(design_id)
    click.echo(f"{snapshot['title']}: {snapshot['state']}")
    return 0


@click.command(short_help="Print a link for reading a design.")
@_DESIGN
@click.option("--withdraw", is_flag=True, help="Withdraw the link at once.")
def share(design_id: str, withdraw: bool) -> int:
    """Print a link under which anybody can read the design ID as it then stands, until it is withdrawn."""
    with reached() as designs:
        if withdraw:
            designs.unshare(design_id)
            click.echo("The link is withdrawn.")
            return 0
        link = designs.share(design_id)
    click.echo(link)
    if link.startswith("/"):
        click.echo("Put it behind the address at which this machine's designchord is served.", err=True)
    return 0


def _artifact(designs: Designchord, design_id: str, kind: str, part: str | None) -> Shape:
    """The artifact that was meant; kinds with one part need not name it."""
    found: list[Shape] = [one for one in designs.snapshot(design_id)["artifacts"] if one["kind"] == kind]
    meant = found if part is None else [one for one in found if one["part"] == part]
    if len(meant) > 1:
        raise BadInput(f"Name one of the parts: {', '.join(one['part'] for one in meant)}.", code="part_missing")
    if not meant:
        raise NotFound(
            "There is no such artifact: `designchord show ID` lists what there is.", code="artifact_not_found"
        )
    return meant[0]


def _suffix(kind: str) -> str:
    """So that an editor knows the language; a server may know kinds that this version does not."""
    from designchord.kinds import registry

    about = registry.about(kind)
    return about.suffix if about is not None else ".txt"


def _counted(revision: Shape) -> str:
    counts = Counter(problem["severity"] for problem in revision["problems"])
    return (
        ", ".join(f"{counts[severity]} {severity}" for severity in ("error", "warning", "info") if counts[severity])
        or "no problems"
    )
