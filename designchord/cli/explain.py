"""``designchord explain``: which words of an idea lead to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

import click

from designchord.cli.idea import make_brief, read_text
from designchord.cli.output import print_json
from designchord.cli.session import reached
from designchord.errors import BadInput

if TYPE_CHECKING:
    from designchord.drafter.grounds import Ground
    from designchord.drafter.sketch import Assume


@click.command(short_help="Show which words of an idea lead to what.")
@click.argument("idea", required=False, metavar="[IDEA.md|-]")
@click.option("--title", help="The design's title; else the idea's first heading.")
@click.option("--content", help="The idea itself, instead of a file.")
@click.option("--requirements", help="What is demanded; else the idea's section of that name.")
@click.option("--language", metavar="CODE", help="ko, en, …; else the idea's own language.")
@click.option("--assume", type=click.Choice(["none", "usual"]), default="usual", help="As for `generate`.")
@click.option("--design", "design_id", metavar="ID", help="Explain the blueprint of this design instead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(
    idea: str | None,
    title: str | None,
    content: str | None,
    requirements: str | None,
    language: str | None,
    assume: str,
    design_id: str | None,
    as_json: bool,
) -> int:
    """Draft IDEA without a model, and say for each thing which words led to it, on which line, by which rule."""
    if design_id is not None:
        if idea is not None or content is not None:
            raise BadInput("Give an idea or --design, not both.")
        return _explain_design(design_id, as_json=as_json)
    from designchord.blueprint.idea import find_lines
    from designchord.drafter.drafting import draft
    from designchord.drafter.grounds import find_grounds

    text = read_text(idea) if idea is not None else None
    brief = make_brief(text, title=title, content=content, requirements=requirements, language=language)
    kept: Assume = "none" if assume == "none" else "usual"
    grounds = find_grounds(brief, draft(brief, assume=kept), assume=kept)
    places = find_lines(text, brief) if text is not None else {}
    if as_json:
        items = [one.to_dict() | {"file_line": places.get((one.field, one.line))} for one in grounds]
        print_json({"title": brief.title, "language": brief.language, "items": items})
        return 0
    click.echo("\n".join(_lines(grounds, places)))
    return 0


def _explain_design(design_id: str, *, as_json: bool) -> int:
    from designchord.drafter.grounds import Ground

    with reached() as designs:
        told = designs.explanation(design_id)
    if as_json:
        print_json(told)
        return 0
    if told["reason"]:
        click.echo(told["reason"]["message"], err=True)
    names = [field.name for field in fields(Ground)]
    grounds = [Ground(**{name: item[name] for name in names}) for item in told["items"]]
    click.echo("\n".join(_lines(grounds, {})))
    return 0


def _lines(grounds: Iterable[Ground], places: Mapping[tuple[str, int], int]) -> Iterator[str]:
    """Each thing once, its grounds below it; attributes only where the text speaks of them.

    ``places`` are the file's lines; what stands in an option is placed by its line there.
    """
    before = ("", "")
    for ground in grounds:
        if ground.kind == "attribute" and not ground.words:
            continue
        if (ground.kind, ground.name) != before:
            before = (ground.kind, ground.name)
            yield f"{ground.kind} {ground.name}" + (f"  ({ground.label})" if ground.label else "")
        in_file = places.get((ground.field, ground.line))
        where = f"line {in_file}" if in_file else f"{ground.field} {ground.line}" if ground.line else ""
        quoted = f"“{_short(ground.words)}”  " if ground.words else ""
        yield f"    {where:<16} {quoted}{ground.because}"


def _short(words: str) -> str:
    return words if len(words) <= 80 else f"{words[:79]}…"
