"""Markdown around a design: the folder's index, the report, and the whole design as one document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from designchord.export.design import Artifact, Design
from designchord.export.files import artifact_files
from designchord.export.labels import labels_in
from designchord.export.provenance import made, origin_words, unchecked_words
from designchord.export.report import broken_stories, matrix_heads, matrix_rows, place, rehearsal_words

#: The longest text that GitHub takes in an issue or a comment.
GITHUB_CHARS = 65_536


def readme(design: Design, files: Mapping[str, Iterable[str]], others: Iterable[str]) -> str:
    """The index of a folder. ``files`` names each artifact's files by its heading, ``others`` the rest."""
    labels = labels_in(design.language)
    page = labels["one_page"].format(link="[index.html](index.html)")
    lines = [f"# {plain(design.title)}", "", made(design), "", page, ""]
    if design.missing:
        lines += [labels["missing_note"].format(parts=", ".join(map(plain, design.missing))), ""]
    if design.unelaborated:
        lines += [labels["unelaborated_note"].format(parts=", ".join(map(plain, design.unelaborated))), ""]
    lines += _table((labels["part"], labels["file"], labels["came"], labels["findings"]), _index(design, files, labels))
    if words := rehearsal_words(design.report or {}, labels):
        lines += ["", f"{labels['rehearsal']}: {' '.join(words)}"]
    lines += ["", f"{labels['also']}: " + ", ".join(f"[{name}]({name})" for name in others), ""]
    lines += [f"## {labels['unchecked']}", ""]
    lines += [f"- {plain(item)}" for item in (*unchecked_words(design), labels["unchecked_meaning"])]
    lines += [""]
    return "\n".join(lines)


def _index(design: Design, files: Mapping[str, Iterable[str]], labels: Mapping[str, str]) -> Iterable[tuple[str, ...]]:
    for artifact in design.shown:
        names = files.get(key_of(artifact), ())
        came = origin_words(artifact, labels) + (f" ({labels['stale']})" if artifact.stale else "")
        yield (
            heading(artifact, labels),
            ", ".join(f"[{name}]({name})" for name in names),
            came,
            _counted(artifact.problems, labels),
        )


def report_markdown(design: Design) -> str:
    """The cross-check for people."""
    labels = labels_in(design.language)
    lines = [f"# {labels['report']}: {plain(design.title)}", ""]
    if design.report is None:
        return "\n".join([*lines, labels["no_report"], ""])
    lines += [labels["report_intro"], ""]
    problems = [item for item in design.report.get("problems") or () if isinstance(item, Mapping)]
    if problems:
        heads = (labels["severity"], labels["where"], labels["message"], labels["hint"])
        lines += _table(heads, (_told(item, labels) for item in problems))
    else:
        lines += [labels["no_problems"]]
    lines += _rehearsal(design.report, labels)
    columns = matrix_heads(design.report, labels)
    if columns:
        names = ("", labels["requirements"], *columns)
        rows = (
            (row.requirement, plain(row.text), *map(plain, row.cells)) for row in matrix_rows(design.report, labels)
        )
        lines += ["", f"## {labels['matrix']}", "", *_table(names, rows)]
    return "\n".join([*lines, ""])


def _rehearsal(report: Mapping[str, Any], labels: Mapping[str, str]) -> list[str]:
    words = rehearsal_words(report, labels)
    if not words:
        return []
    lines = ["", f"## {labels['rehearsal']}", "", " ".join(words)]
    for title, problems in broken_stories(report):
        told = (f"{plain(one['message'])} {plain(one.get('hint') or '')} (`{one['code']}`)" for one in problems)
        lines += ["", f"- ✗ {plain(title)}", *(f"  - {one}" for one in told)]
    return lines


def single_markdown(design: Design, *, at_most: int | None = None) -> str:
    """The whole design as one Markdown document; diagrams as fences that code hosts draw.

    Of what is longer than ``at_most`` characters, the largest sources that no host draws are left out, then the largest
    sections; what is left out is named at the end.
    """
    labels = labels_in(design.language)
    sections = [(heading(artifact, labels), _section(artifact, labels)) for artifact in design.shown]
    sections.append((labels["report"], _deepened(report_markdown(design))))
    sections.append((labels["idea"], _idea(design, labels)))
    head = f"# {plain(design.title)}\n\n{made(design)}"
    omitted: list[str] = []
    while True:
        last = [f"*{labels['left_out'].format(parts=', '.join(omitted))}*"] if omitted else []
        text = "\n\n".join(block.strip("\n") for block in (head, *(body for _, body in sections), *last)) + "\n"
        if at_most is None or len(text) <= at_most or not sections:
            return text
        name, body = max(sections, key=lambda section: (_is_source(section[1]), len(section[1])))
        sections.remove((name, body))
        omitted.append(name)


def _section(artifact: Artifact, labels: Mapping[str, str]) -> str:
    files = artifact_files(artifact)
    # What is there as YAML as well is not shown as JSON.
    shown = [_block(name, text) for name, text in files.items() if len(files) == 1 or not name.endswith(".json")]
    blocks = (f"## {heading(artifact, labels)}", f"*{origin_words(artifact, labels)}*", *shown)
    return "\n\n".join(block.strip("\n") for block in blocks)


def _idea(design: Design, labels: Mapping[str, str]) -> str:
    text = f"## {labels['idea']}\n\n{fenced(design.content, 'text')}"
    if design.requirements.strip():
        text += f"\n\n### {labels['requirements']}\n\n{fenced(design.requirements, 'text')}"
    return text


def _is_source(section: str) -> bool:
    """Whether it is there for programs: who reads it on a code host sees nothing drawn."""
    return any(f"```{language}\n" in section for language in ("yaml", "json", "sql"))


def _block(name: str, text: str) -> str:
    if name.endswith(".md"):
        return _deepened(text)
    return fenced(text, "mermaid" if name.endswith(".mmd") else name.rpartition(".")[2])


def fenced(text: str, language: str) -> str:
    """A code fence longer than any run of backticks inside it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _deepened(text: str) -> str:
    """Markdown whose headings stand one level lower, fences left as they are."""
    lines, fence = [], ""
    for line in text.splitlines():
        mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if mark and not fence:
            fence = mark[1]
        elif mark and fence and mark[1].startswith(fence):
            fence = ""
        elif not fence and re.match(r"#{1,5} ", line):
            line = f"#{line}"
        lines.append(line)
    return "\n".join(lines)


def plain(text: str) -> str:
    """Text that Markdown takes as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))


def heading(artifact: Artifact, labels: Mapping[str, str]) -> str:
    kind = labels.get(f"kind.{artifact.kind}", artifact.kind)
    return f"{kind}: {plain(artifact.title)}" if artifact.part and artifact.title else kind


def key_of(artifact: Artifact) -> str:
    return f"{artifact.kind}/{artifact.part}"


def _told(problem: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[str, ...]:
    texts = (place(problem, labels), problem.get("message"), problem.get("hint"))
    return (labels.get(f"severity.{problem.get('severity')}", ""), *(plain(str(text or "")) for text in texts))


def _counted(problems: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> str:
    counts: dict[str, int] = {}
    for problem in problems:
        severity = str(problem.get("severity"))
        counts[severity] = counts.get(severity, 0) + 1
    return (
        ", ".join(f"{labels.get(f'severity.{name}', name)}: {count}" for name, count in counts.items())
        or labels["none"]
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(heads)
    return [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
