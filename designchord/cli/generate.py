"""``designchord generate``: from an idea to a folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designchord.cli.base import ENDED, Designchord
from designchord.cli.idea import read_brief
from designchord.cli.output import claim_folder, print_json, write_folder
from designchord.cli.session import reached
from designchord.cli.watching import CODES, watch
from designchord.errors import BadInput

if TYPE_CHECKING:
    from designchord.blueprint.model import Brief


class _KindsOption(click.Option):
    """Its help names the kinds, which are loaded for nothing else."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from designchord.kinds.registry import KINDS

        self.help = f"Some of {','.join(KINDS)}; else all."
        return super().get_help_record(ctx)


@click.command(short_help="Make a design from an idea.")
@click.argument("idea", required=False, metavar="[IDEA.md|-]")
@click.option("--title", help="The design's title; else the idea's first heading.")
@click.option("--content", help="The idea itself, instead of a file.")
@click.option("--requirements", help="What is demanded; else the idea's section of that name.")
@click.option("--language", metavar="CODE", help="ko, en, …; else the idea's own language.")
@click.option("--kinds", cls=_KindsOption, metavar="LIST")
@click.option("--model", metavar="NAME", help="Such as openai:gpt-6-luna or offline; see `designchord models`.")
@click.option(
    "--assume",
    type=click.Choice(["none", "usual"]),
    default="usual",
    show_default=True,
    help="What the offline drafter may add that the text does not say.",
)
@click.option(
    "--effort",
    type=click.Choice(["quick", "standard", "thorough"]),
    help="What a model writes: the blueprint (quick), also the document (standard), or every part (thorough); the rest "
    "is compiled. Else DESIGNCHORD_EFFORT, or standard.",
)
@click.option("--pictures", is_flag=True, help="Also draw every diagram as SVG (about half a second each).")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="The folder to write.")
@click.option("--force", is_flag=True, help="Write into a folder that is not empty.")
@click.option("--continue", "again", metavar="ID", help="Go on with a design that was stopped or has missing parts.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def generate(
    idea: str | None,
    title: str | None,
    content: str | None,
    requirements: str | None,
    language: str | None,
    kinds: str | None,
    model: str | None,
    assume: str,
    effort: str | None,
    pictures: bool,
    out: Path,
    force: bool,
    again: str | None,
    as_json: bool,
) -> int:
    """Make a design from IDEA, a Markdown or text file, and write it to a folder.

    The first heading is the title, a section "Requirements" or "요구사항" holds the requirements, the rest is the
    content. `-` reads standard input.
    """
    brief = None
    if again is None:
        brief = read_brief(idea, title=title, content=content, requirements=requirements, language=language)
    claim_folder(out, force=force)

    with reached(running=True) as designs:
        design_id = _start(designs, brief, kinds, model, assume, effort) if brief else _resume(designs, str(again))
        try:
            snapshot = watch(designs, design_id, quiet=False)
        except KeyboardInterrupt:
            designs.cancel(design_id)
            click.echo(
                f"\nStopped; what was made is kept. "
                f"Go on with: designchord generate --continue {design_id} --out {out}",
                err=True,
            )
            raise
    try:
        files = write_design(out, snapshot, pictures=pictures)
    except BadInput as error:
        kept = f"The design is kept: designchord export {snapshot['id']} --out DIR"
        raise BadInput(f"{error.message} {kept}", code=error.code) from None
    tell(snapshot, out, files, as_json=as_json)
    return CODES.get(snapshot["state"], 1)


def _start(
    designs: Designchord, brief: Brief, kinds: str | None, model: str | None, assume: str, effort: str | None
) -> str:
    chosen = tuple(kind.strip() for kind in (kinds or "").split(",") if kind.strip())
    return designs.start(brief, kinds=chosen, model=model or "", assume=assume, effort=effort or "")


def _resume(designs: Designchord, design_id: str) -> str:
    """Run what failed or was stopped; a design that is under way or has nothing to retry is taken as it is."""
    if designs.snapshot(design_id)["state"] in ENDED - {"done"}:
        designs.retry(design_id)
    return design_id


def write_design(out: Path, snapshot: dict[str, Any], *, pictures: bool) -> Iterable[str]:
    """The names of the written files; a design of which nothing was made leaves the folder as it was."""
    if not any(artifact["kind"] != "blueprint" for artifact in snapshot["artifacts"]):
        return []

    from designchord.export.design import from_snapshot
    from designchord.export.folder import drawing, folder_files

    with drawing() as draw:
        files = folder_files(from_snapshot(snapshot), draw, pictures=pictures)
    write_folder(out, files)
    return sorted(files)


def tell(snapshot: dict[str, Any], out: Path, files: Iterable[str], *, as_json: bool) -> None:
    counts = (snapshot["report"] or {}).get("counts") or {}
    if as_json:
        print_json(
            {
                "id": snapshot["id"],
                "title": snapshot["title"],
                "language": snapshot["language"],
                "model": snapshot["model"],
                "effort": snapshot["effort"],
                "state": snapshot["state"],
                "error": snapshot["error"],
                "out": str(out),
                "files": list(files),
                "problems": counts,
                "usage": snapshot["usage"],
            }
        )
        return
    if snapshot["error"]:
        click.echo(f"{snapshot['state']}: {snapshot['error']['message']}", err=True)
    for artifact in snapshot["artifacts"]:
        for problem in artifact["revision"]["problems"] if artifact["kind"] == "blueprint" else ():
            click.echo(f"{problem['severity']}: {problem['message']} {problem.get('hint') or ''}".rstrip(), err=True)
    if files:
        found = ", ".join(f"{count} {severity}" for severity, count in counts.items() if count) or "nothing contradicts"
        click.echo(f"{out / 'index.html'} ({snapshot['state']}, made with {snapshot['model']}; {found})")
    if snapshot["state"] != "done":
        force = " --force" if files else ""
        click.echo(f"Go on with: designchord generate --continue {snapshot['id']} --out {out}{force}", err=True)
