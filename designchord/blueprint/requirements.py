"""A brief's requirements, numbered before anybody else speaks."""

from __future__ import annotations

from designchord.blueprint.idea import joined_rows
from designchord.blueprint.model import Brief, Requirement
from designchord.ideas.page import read
from designchord.ideas.requirements import Demand, read_demands


def read_requirements(brief: Brief) -> tuple[Requirement, ...]:
    """The author's demands as R1, R2, … in their words and order, all of them, whatever the language."""
    return tuple(requirement for _, requirement in placed_requirements(brief))


def placed_requirements(brief: Brief) -> tuple[tuple[Demand, Requirement], ...]:
    """The same with the demand each comes from; its line counts in the rows of :func:`idea.joined_rows`."""
    rows = joined_rows(brief)
    first = next((number for number, row in enumerate(rows, 1) if row.field == "requirements"), None)
    demands = read_demands(read("\n".join(row.text for row in rows)), demanded_from=first)
    return tuple(
        (
            demand,
            Requirement(
                id=f"R{number}",
                text=demand.text[:2000],
                kind=demand.kind,
                priority=demand.priority,
                section=" / ".join(demand.section)[:500],
            ),
        )
        for number, demand in enumerate(demands[:9999], 1)
    )
