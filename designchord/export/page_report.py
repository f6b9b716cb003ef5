"""The cross-check's report in an exported page: findings, rehearsal, matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from designchord.export.report import broken_stories, matrix_heads, matrix_rows, place, rehearsal_words

_EMPTY = SafeString("")
#: The signs that texts put before a cell, and what the page calls them.
_GRADES = {"✓": "said", "~": "inferred", "?": "undecided", "✗": "open"}


def report_html(report: Mapping[str, Any] | None, labels: Mapping[str, str]) -> SafeString:
    if report is None:
        return format_html("<p>{}</p>", labels["no_report"])
    problems = problems_html(report.get("problems") or (), labels)
    return format_html(
        '<p class="note">{}</p>{}{}{}',
        labels["report_intro"],
        problems or format_html("<p>{}</p>", labels["no_problems"]),
        _rehearsal(report, labels),
        _matrix(report, labels),
    )


def problems_html(problems: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> SafeString:
    rows = format_html_join(
        "",
        '<tr><td class="severity {}">{}</td><td>{}</td><td>{}<br><small>{}</small></td></tr>',
        (
            (
                problem.get("severity", ""),
                labels.get(f"severity.{problem.get('severity')}", ""),
                place(problem, labels),
                problem.get("message", ""),
                problem.get("hint") or "",
            )
            for problem in problems
        ),
    )
    if not rows:
        return _EMPTY
    heads = format_html_join("", "<th>{}</th>", ((labels[word],) for word in ("severity", "where", "message")))
    return format_html(
        '<div class="wide"><table class="problems"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        heads,
        rows,
    )


def _rehearsal(report: Mapping[str, Any], labels: Mapping[str, str]) -> SafeString:
    words = rehearsal_words(report, labels)
    if not words:
        return _EMPTY
    broken = format_html_join(
        "",
        "<li>✗ {}{}</li>",
        (
            (
                title,
                format_html_join(
                    "",
                    "<br>{} <small>{} <code>{}</code></small>",
                    ((one["message"], one.get("hint") or "", one["code"]) for one in problems),
                ),
            )
            for title, problems in broken_stories(report)
        ),
    )
    listed = format_html("<ul>{}</ul>", broken) if broken else _EMPTY
    return format_html("<h3>{}</h3><p>{}</p>{}", labels["rehearsal"], " ".join(words), listed)


def _matrix(report: Mapping[str, Any], labels: Mapping[str, str]) -> SafeString:
    heads = matrix_heads(report, labels)
    rows = format_html_join(
        "",
        '<tr id="requirement-{}"><th><code>{}</code> {}</th>{}</tr>',
        (
            (
                row.requirement,
                row.requirement,
                row.text,
                format_html_join("", "{}", ((_cell(*pair, labels),) for pair in zip(row.cells, heads, strict=True))),
            )
            for row in matrix_rows(report, labels)
        ),
    )
    if not rows:
        return _EMPTY
    named = format_html_join("", "<th>{}</th>", ((head,) for head in (labels["requirements"], *heads)))
    return format_html(
        '<h3>{}</h3><div class="wide"><table class="matrix"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        labels["matrix"],
        named,
        rows,
    )


def _cell(text: str, head: str, labels: Mapping[str, str]) -> SafeString:
    """A cell says in a word how it stands and then what is there; on phones also what it is about."""
    sign, _, how = text.partition(" ")
    grade = _GRADES.get(sign)
    if grade is None:
        return format_html('<td class="moot" data-label="{}">{}</td>', head, text)
    word = labels["runs_word"] if head == labels["runs"] and grade == "said" else labels[f"grade.{grade}"]
    return format_html(
        '<td class="{}" data-label="{}"><span class="grade {}">{}</span><span>{}</span></td>',
        grade,
        head,
        grade,
        word,
        how,
    )
