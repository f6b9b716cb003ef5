"""``designchord explain``: which words of an idea lead to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from designchord.cli.idea import read_brief
from designchord.cli.output import print_json

if TYPE_CHECKING:
    from designchord.blueprint.drafting.sketch import Assume
    from designchord.blueprint.grounds import Ground


@click.command(short_help="Show which words of an idea lead to what.")
@click.argument("idea", required=False, metavar="[IDEA.md|-]")
@click.option("--title", help="The design's title; else the idea's first heading.")
@click.option("--content", help="The idea itself, instead of a file.")
@click.option("--requirements", help="What is demanded; else the idea's section of that name.")
@click.option("--language", metavar="CODE", help="ko, en, …; else the idea's own language.")
@click.option("--assume", type=click.Choice(["none", "usual"]), default="usual", help="As for `generate`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(
    idea: str | None,
    title: str | None,
    content: str | None,
    requirements: str | None,
    language: str | None,
    assume: str,
    as_json: bool,
) -> int:
    """Draft IDEA without a model, and say for each thing which words led to it, on which line, by which rule.

    Lines count in the part of the idea that they name: its title, its content or its requirements.
    """
    from designchord.blueprint.grounds import find_grounds
    from designchord.blueprint.offline import draft

    brief = read_brief(idea, title=title, content=content, requirements=requirements, language=language)
    kept: Assume = "none" if assume == "none" else "usual"
    grounds = find_grounds(brief, draft(brief, assume=kept), assume=kept)
    if as_json:
        print_json({"title": brief.title, "language": brief.language, "items": [one.to_dict() for one in grounds]})
        return 0
    click.echo("\n".join(_lines(grounds)))
    return 0


def _lines(grounds: Iterable[Ground]) -> Iterator[str]:
    """Each thing once, its grounds below it; attributes only where the text speaks of them."""
    before = ("", "")
    for ground in grounds:
        if ground.kind == "attribute" and not ground.words:
            continue
        if (ground.kind, ground.name) != before:
            before = (ground.kind, ground.name)
            yield f"{ground.kind} {ground.name}" + (f"  ({ground.label})" if ground.label else "")
        where = f"{ground.field} {ground.line}" if ground.line else ""
        quoted = f"“{_short(ground.words)}”  " if ground.words else ""
        yield f"    {where:<16} {quoted}{ground.because}"


def _short(words: str) -> str:
    return words if len(words) <= 80 else f"{words[:79]}…"
