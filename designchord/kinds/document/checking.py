"""What can be wrong with a design document on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from designchord.kinds.document.structure import Structure, cells, read_structure
from designchord.notation.problems import Problem, Severity

#: A document is at most this many characters long.
MAX_CHARS = 200_000

_ACTIVE = re.compile(
    r"<\s*/?\s*(script|style|iframe|object|embed|form|input|button|svg|math|link|meta|base|template|frame)\b"
    r"|\bon[a-z]+\s*=|javascript:",
    re.IGNORECASE,
)
#: Elements that are only about looks; anything else in angle brackets is more likely a placeholder such as <id>.
LOOKS = frozenset(
    (
        *("a", "b", "big", "br", "center", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span"),
        *("strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul"),
    )
)


def check_document(source: str) -> tuple[Problem, ...]:
    if not source.strip():
        return (_problem("empty", "error", "The document is empty.", None, "Write it, or restore a revision."),)
    if len(source) > MAX_CHARS:
        message = f"The document has {len(source):,} characters; at most {MAX_CHARS:,} are read."
        return (_problem("too_large", "error", message, None, "Shorten it."),)
    structure = read_structure(source)
    found = [*_headings(structure), *_fences(structure), *_tables(structure), *_foreign(structure)]
    return tuple(sorted(found, key=lambda problem: problem.line or 0))


def _headings(structure: Structure) -> Iterator[Problem]:
    titles = [heading for heading in structure.headings if heading.level == 1]
    if not titles:
        hint = "Begin with '# ' and the title."
        yield _problem("title", "error", "The document has no title.", 1, hint)
    elif structure.headings[0].level != 1:
        line = structure.headings[0].line
        yield _problem("title", "warning", "A section stands before the title.", line, "Begin with the title.")
    if not any(heading.level == 2 for heading in structure.headings):
        hint = "Divide it with '## ' headings."
        yield _problem("sections", "error", "The document has no sections.", None, hint)
    for heading in structure.headings:
        if not heading.text.strip():
            yield _problem("heading", "warning", "A heading has no text.", heading.line, "Name it or take it out.")


def _fences(structure: Structure) -> Iterator[Problem]:
    unclosed = structure.unclosed
    if unclosed is not None:
        hint = f"Close it with {unclosed.marker} on a line of its own."
        message = "A code block is not closed, so everything after it is code."
        yield _problem("unclosed_fence", "error", message, unclosed.line, hint)
    for fence in structure.fences:
        if fence.language == "mermaid":
            hint = "The diagrams are artifacts of their own; say it in words here."
            yield _problem("diagram", "warning", "A diagram stands in the document.", fence.line, hint)


def _tables(structure: Structure) -> Iterator[Problem]:
    for first, _ in structure.loose_rows():
        hint = "Its second line must be |---|---| with as many cells as the first."
        yield _problem("table", "error", "These rows are not a table to a parser.", first, hint)
    for first, last in structure.tables:
        wanted = cells(structure.lines[first - 1])
        for number in range(first + 2, last + 1):
            row = structure.lines[number - 1]
            if "|" in row and cells(row) != wanted:
                message = f"The row has {cells(row)} cells, the table {wanted}."
                hint = "Write a bar inside a cell as \\|."
                yield _problem("table_row", "warning", message, number, hint)


def _foreign(structure: Structure) -> Iterator[Problem]:
    for text, line in structure.html:
        if text.lstrip().startswith("<!--"):
            continue
        if _ACTIVE.search(text):
            message = "Active HTML does not belong into a document."
            yield _problem("active_html", "error", message, line, "Take it out, or write it as `code`.")
        else:
            message = "Raw HTML is not shown as it stands."
            hint = "Use Markdown; write a placeholder such as <id> as `<id>`."
            yield _problem("html", "warning", message, line, hint)
    for source, line in structure.images:
        if re.match(r"(?:[a-z][a-z0-9+.-]*:|//)", source, re.IGNORECASE):
            hint = "Describe in words what it shows."
            yield _problem("image", "warning", "A remote image is not loaded.", line, hint)


def _problem(code: str, severity: Severity, message: str, line: int | None, hint: str) -> Problem:
    return Problem(code=f"document.{code}", severity=severity, message=message, line=line, hint=hint)
