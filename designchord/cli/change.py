"""``designchord change``, ``diff`` and ``undo``: what becomes of a blueprint, and what another says otherwise."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designchord.cli.asking import dismiss, proposal_of
from designchord.cli.base import Designchord, Shape
from designchord.cli.conflicts import SIDES, UNDECIDED, settle_clashes, show_clashes
from designchord.cli.output import print_json
from designchord.cli.session import reached
from designchord.errors import BadInput, NotFound

if TYPE_CHECKING:
    from designchord.blueprint.model import Blueprint

_DESIGN = click.argument("design_id", metavar="ID")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command(short_help="Change a design by asking.")
@_DESIGN
@click.argument("words", required=False, metavar="[WORDS]")
@click.option("--preview", is_flag=True, help="Only say what it would mean.")
@click.option("--yes", is_flag=True, help="Do not ask before it is done.")
@click.option("--answer", metavar="TEXT", help="What to say when a model asks back.")
@click.option(
    "--keep",
    type=click.Choice(list(SIDES)),
    help="Where the change meets what was edited by hand: keep that, or take the change.",
)
@click.option("--history", is_flag=True, help="List the changes that were made instead.")
@_JSON
def change(
    design_id: str,
    words: str | None,
    preview: bool,
    yes: bool,
    answer: str | None,
    keep: str | None,
    history: bool,
    as_json: bool,
) -> int:
    """Change the blueprint of the design ID: say in WORDS what should become different, a sentence a change.

    What it means is shown first: all that follows from it, which artifacts it touches, whom of the API's callers it
    breaks. A model may ask back once. `designchord undo ID` takes it back.

    Where it meets what was edited by hand, both sides are shown, and one is chosen: by --keep, or at the terminal.
    Exit code 3: nobody has chosen; the change is made, and what was edited stays and is out of date.
    """
    with reached() as designs:
        if history:
            return _list(designs.changes(design_id), as_json=as_json)
        if not words:
            raise BadInput("Say what should change: designchord change ID “rename Member to Customer”.")
        proposed, asked = proposal_of(designs, design_id, words=words, quiet=as_json)
        if proposed["question"] and not as_json:
            answer = answer or _answered(proposed["question"], may_ask=not yes)
        if proposed["question"] and answer:
            answered = (proposed["question"], answer)
            dismiss(designs, design_id, asked)
            proposed, asked = proposal_of(designs, design_id, words=words, answered=answered, quiet=as_json)
        if not as_json:
            _show(proposed)
        if preview or not _possible(proposed):
            if as_json:
                print_json(proposed)
            return 0 if _possible(proposed) else 2
        if not yes and not as_json:
            _confirm(designs, design_id, asked)
        done = designs.change(design_id, operations=_sent(proposed), why=words, request=asked)
        settled = settle_clashes(designs, design_id, done, keep=keep, may_ask=not yes and not as_json)
    if as_json:
        print_json(done)
    else:
        click.echo(f"Done: revision {done['number']} of the blueprint. Take it back: designchord undo {design_id}")
    return 0 if settled else UNDECIDED


@click.command(short_help="Take a change back.")
@_DESIGN
@click.option("--change", "number", type=click.IntRange(1), help="Which one, by its number; else the newest.")
@_JSON
def undo(design_id: str, number: int | None, as_json: bool) -> int:
    """Take a change of the blueprint of the design ID back, as far as nobody changed the same things since."""
    with reached() as designs:
        done = designs.undo(design_id, number=number)
    if as_json:
        print_json(done)
        return 0
    _tell(done)
    click.echo(f"Done: revision {done['number']} of the blueprint.")
    return 0


@click.command(short_help="Say what one design has otherwise than another.")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@_JSON
def diff(before: str, after: str, as_json: bool) -> int:
    """Compare two blueprints. A and B are designs (ID, or ID@3 for revision 3 of its blueprint), folders of an export,
    or files. Exit code 0: the same; 1: something is different.
    """
    from designchord.blueprint.changes import diff as difference
    from designchord.blueprint.changes import tell, tell_all, write_operations

    first, second = _blueprint(before), _blueprint(after)
    operations = difference(first, second)
    if as_json:
        told = zip(write_operations(operations), operations, strict=True)
        print_json({"operations": [{**written, "line": tell(one)} for written, one in told]})
    else:
        click.echo(tell_all(operations), nl=False)
        click.echo(f"{len(operations)} differences" if operations else "No difference.", err=True)
    return 1 if operations else 0


def _confirm(designs: Designchord, design_id: str, asked: str | None) -> None:
    """Raises ``Abort`` where it is not wanted; then nobody is shown it any more."""
    if not click.confirm("Do it?", err=True):
        dismiss(designs, design_id, asked)
        raise click.Abort


def _answered(question: str, *, may_ask: bool) -> str:
    """What a person says to a question; nothing where nobody is there to be asked."""
    if may_ask and sys.stdin.isatty():
        return str(click.prompt(question, err=True)).strip()
    click.echo(f"The model asks: {question} (answer with --answer)", err=True)
    return ""


def _possible(proposed: Shape) -> bool:
    return len(proposed["refused"]) < len(proposed["operations"])


def _sent(proposed: Shape) -> list[Shape]:
    """The operations as they are sent back: without what was said of them."""
    return [
        {name: value for name, value in one.items() if name not in ("line", "needs")} for one in proposed["operations"]
    ]


def _show(proposed: Shape) -> None:
    _tell(proposed)
    preview = proposed["preview"]
    for one in preview["api"]:
        because = f": {' '.join(one['because'])}" if one["because"] else ""
        click.echo(f"API {one['how']}, {one['effect']}: {one['method']} {one['path']}{because}", err=True)
    for one in preview["artifacts"]:
        edited = ", edited by hand" if one["by_hand"] else ""
        name = " ".join(filter(None, (one["kind"], one["part"])))
        click.echo(f"{name}: {one['how']}{edited}", err=True)
    show_clashes(proposed)
    for one in preview["requirements"]:
        click.echo(f"Nothing would fulfil {one['id']} any more: {one['text']}", err=True)


def _tell(proposed: Shape) -> None:
    refused = {one["operation"]: one["message"] for one in proposed["refused"]}
    for place, one in enumerate(proposed["operations"]):
        why = f"   (refused: {refused[place]})" if place in refused else ""
        click.echo(f"{'' if one.get('because') is None else '  '}{one['line']}{why}")


def _list(items: list[Shape], *, as_json: bool) -> int:
    if as_json:
        print_json(items)
        return 0
    for one in items:
        undone = f", taken back by {one['undone_by']}" if one["undone_by"] else ""
        undoes = f" of {one['undoes']}" if one["undoes"] else ""
        told = f"{one['created_at']}  {one['who']}  {one['origin']}{undoes}{undone}  {one['why']}"
        click.echo(f"{one['number']:<4} {told}")
        for operation in one["operations"]:
            click.echo(f"     {'' if operation.get('because') is None else '  '}{operation['line']}")
    if not items:
        click.echo("Nobody has changed the blueprint.")
    return 0


_ID = re.compile(r"([0-9a-fA-F]{8}-[0-9a-fA-F-]{27})(?:@([0-9]{1,9}))?")


def _blueprint(named: str) -> Blueprint:
    """A blueprint by what names it; ``BadInput`` where that is none."""
    from designchord.blueprint import answering

    match = _ID.fullmatch(named)
    source = _stored(match[1], match[2]) if match else _written(Path(named))
    blueprint, problems = answering.check(source)
    if blueprint is None:
        wrong = next(one.message for one in problems if one.severity == "error")
        raise BadInput(f"{named} holds no blueprint without errors: {wrong}")
    return blueprint


def _stored(design_id: str, number: str | None) -> str:
    with reached() as designs:
        return _source(designs, design_id, number)


def _source(designs: Designchord, design_id: str, number: str | None) -> str:
    if number is not None:
        return str(designs.revision(design_id, kind="blueprint", part="", number=int(number))["source"])
    artifacts = designs.snapshot(design_id)["artifacts"]
    found = next((one for one in artifacts if one["kind"] == "blueprint"), None)
    if found is None:
        raise NotFound("This design has no blueprint yet.", code="artifact_not_found")
    return str(found["revision"]["source"])


def _written(path: Path) -> str:
    from designchord.cli.texts import read_file

    file = path / "blueprint.json" if path.is_dir() else path
    if not file.is_file():
        raise BadInput(f"{path} is neither a design's id, nor a folder with blueprint.json, nor a file.")
    text = read_file(file).text
    if text is None:
        raise BadInput(f"{file} cannot be read.")
    return text
