"""``designchord check``: the real parsers and the cross-check, on any files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designchord.cli.output import print_json

if TYPE_CHECKING:
    from designchord.cli.checking import FileProblem

_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}


@click.command(short_help="Check Mermaid, OpenAPI and whole folders.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
def check(paths: tuple[Path, ...], as_json: bool, quiet: bool) -> int:
    """Check files and folders, also ones that people wrote.

    Sequence and ER diagrams (.mmd, .mermaid, Mermaid blocks in .md), OpenAPI documents (.json, .yaml) and blueprints.
    In a folder the parts are also checked against each other. Exit code 1 when something is wrong.
    """
    from designchord.cli.checking import check_paths
    from designchord.cli.heap import uncollected

    with uncollected():
        result = check_paths(paths)
    shown = [finding for finding in result.findings if not quiet or finding.problem.severity == "error"]
    counts = result.counts()
    if as_json:
        print_json(
            {
                "checked": result.checked,
                "not_checked": result.not_checked,
                "counts": counts,
                "problems": [_plain(finding) for finding in shown],
            }
        )
    else:
        for line in _lines(shown):
            click.echo(line)
        told = ", ".join(f"{count} {name}{'s' if count != 1 else ''}" for name, count in counts.items() if count)
        passed_over = f", {result.not_checked} not" if result.not_checked else ""
        click.echo(f"{result.checked} checked{passed_over}: {told or 'nothing wrong'}.", err=True)
    return 1 if counts["error"] else 0


def _plain(finding: FileProblem) -> dict[str, Any]:
    return {"path": click.format_filename(finding.path)} | finding.problem.to_dict()


def _lines(findings: list[FileProblem]) -> Iterator[str]:
    for finding in findings:
        problem = finding.problem
        place = ":".join(
            str(item)
            for item in (click.format_filename(finding.path), problem.line, problem.column)
            if item is not None
        )
        severity = click.style(problem.severity, fg=_COLOURS[problem.severity])
        hint = f" ({problem.hint})" if problem.hint else ""
        fix = f" Fix: {problem.fix['message']}." if problem.fix else ""
        yield f"{place} {severity} {problem.code} {problem.message}{hint}{fix}"
