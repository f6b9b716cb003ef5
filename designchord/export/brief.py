"""The brief of a design, as the page's overview has it: what it is, for whom, what is placed, what is to be decided."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from designchord.export.design import Design

GRADES: Final = ("said", "inferred", "undecided", "open")
_MOST_QUESTIONS: Final = 3


@dataclass(frozen=True, slots=True)
class Brief:
    """``grades`` counts the requirements that something has to carry out by how far something does."""

    summary: str
    actors: tuple[str, ...]
    questions: tuple[str, ...]
    assumptions: int
    grades: Mapping[str, int]


def brief_of(design: Design) -> Brief:
    plan = _plan(design)
    actors = [one for one in _records(plan.get("actors")) if one.get("kind") != "external"]
    rows = [row for row in _records(((design.report or {}).get("matrix") or {}).get("rows")) if not row.get("former")]
    return Brief(
        summary=str(plan.get("summary") or "").strip().partition("\n\n")[0],
        actors=tuple(str(one.get("label") or one.get("id") or "") for one in actors),
        questions=tuple(str(one) for one in plan.get("questions") or () if isinstance(one, str)),
        assumptions=len(_records(plan.get("assumptions"))),
        grades=Counter(_grade(row) for row in rows if _is_asked(row)),
    )


def brief_html(brief: Brief, labels: Mapping[str, str]) -> SafeString:
    """Without the pictures, which stand beside it."""
    lead = format_html('<p class="lead">{}</p>', brief.summary) if brief.summary else SafeString("")
    who = labels["for"].format(who=", ".join(brief.actors)) if brief.actors else ""
    return format_html(
        '{}{}<div class="facts">{}{}</div>',
        lead,
        format_html('<p class="note">{}</p>', who) if who else "",
        _coverage(brief, labels),
        _decisions(brief, labels),
    )


def _coverage(brief: Brief, labels: Mapping[str, str]) -> SafeString:
    total = sum(brief.grades.values())
    if not total:
        return SafeString("")
    there = [grade for grade in GRADES if brief.grades.get(grade)]
    bar = format_html_join(
        "", '<span class="{}" style="flex-grow:{}"></span>', ((grade, brief.grades[grade]) for grade in there)
    )
    words = format_html_join(
        " ", "<li><strong>{}</strong> {}</li>", ((brief.grades[grade], labels[f"placed.{grade}"]) for grade in there)
    )
    return format_html(
        '<div><h2><a href="#report">{}</a></h2><div class="coverage" aria-hidden="true">{}</div><ul>{}</ul></div>',
        labels["placed"].format(n=brief.grades.get("said", 0), all=total),
        bar,
        words,
    )


def _decisions(brief: Brief, labels: Mapping[str, str]) -> SafeString:
    if not brief.questions and not brief.assumptions:
        return SafeString("")
    asked = format_html_join("", "<li>{}</li>", ((one,) for one in brief.questions[:_MOST_QUESTIONS]))
    more = labels["assumed"].format(n=brief.assumptions) if brief.assumptions else ""
    return format_html(
        '<div><h2>{}</h2><ul class="asked">{}</ul>{}</div>',
        labels["decide"],
        asked,
        format_html('<p class="note">{}</p>', more) if more else "",
    )


def _grade(row: Mapping[str, Any]) -> str:
    """Where a requirement stands: what carries it out says so, not what repeats it."""
    if "grade" in row:
        return str(row["grade"] or "open")
    grades = {cell.get("grade") for cell in (row.get("cells") or {}).values()}
    return next((grade for grade in GRADES if grade in grades), "open")


def _is_asked(row: Mapping[str, Any]) -> bool:
    """Whether anything has to carry it out: a quality may well show nowhere but in the document."""
    cells = (row.get("cells") or {}).values()
    return row.get("grade", "") is not None or any(cell.get("covered") is False for cell in cells)


def _plan(design: Design) -> Mapping[str, Any]:
    try:
        plan = json.loads(design.blueprint or "{}")
    except (ValueError, RecursionError):
        return {}
    return plan if isinstance(plan, dict) else {}


def _records(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
