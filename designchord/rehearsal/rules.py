"""Rules of refusals that code can evaluate: what is there already, periods that overlap, numbers that are reached."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from designchord.notation.sql.model import Table
from designchord.rehearsal.acting import Deed
from designchord.rehearsal.store import Store

#: The day that examples name.
_FIRST_DAY: Final = date(2026, 3, 2)
_OVERLAP: Final = re.compile(
    r"overlap|double.?book|already (?:booked|reserved|taken)|겹치|겹침|중복 ?예약|이미 예약|같은 시간", re.IGNORECASE
)
_LIMIT: Final = re.compile(
    r"(?:more than|at most|up to|exceed\w*|limit of|maximum of|max\.?|over) (\d{1,4})"
    r"|(\d{1,4}) ?(?:개|권|건|명|회|번|장|대)(?:를|을|가|이)? ?(?:초과|넘|이상|까지)|최대 ?(\d{1,4})",
    re.IGNORECASE,
)
_BEGINS: Final = (
    "starts_at",
    "start_at",
    "started_at",
    "start_time",
    "start_date",
    "begins_at",
    "check_in",
    "from_date",
)
_ENDS: Final = (
    "ends_at",
    "end_at",
    "ended_at",
    "end_time",
    "end_date",
    "finishes_at",
    "check_out",
    "to_date",
    "due_at",
)

Kind = str


def rule_of(reason: str, table: Table) -> tuple[Kind, int]:
    """What kind of rule a reason tells of (``overlap``, ``limit`` with its number), or an empty kind."""
    if _OVERLAP.search(reason) and period_of(table):
        return "overlap", 0
    if found := _LIMIT.search(reason):
        return "limit", int(next(group for group in found.groups() if group))
    return "", 0


def period_of(table: Table) -> tuple[str, str] | None:
    begins = next((name for name in _BEGINS if table.column(name)), None)
    ends = next((name for name in _ENDS if table.column(name)), None)
    return (begins, ends) if begins and ends else None


def resources_of(deed: Deed, table: Table) -> list[str]:
    """What a period is taken of: what a row points to, but for whose it is."""
    return [key.column for key in table.foreign_keys if key.column != deed.owner]


def broken_rule(deed: Deed, row: Mapping[str, Any], store: Store) -> tuple[int, str] | None:
    """The first refusal that a new row runs into: its status and its reason."""
    table = deed.table
    for status, reason in deed.planned.errors if deed.planned and table else ():
        if table is None or status not in (400, 403, 409, 422):
            continue
        kind, number = rule_of(reason, table)
        if kind == "overlap" and _overlaps(deed, table, row, store):
            return status, reason
        if kind == "limit" and number and deed.owner and row.get(deed.owner) is not None:
            _, held = store.page(table, [(deed.owner, "=", row[deed.owner])], "", "", 0, 1)
            if held >= number:
                return status, reason
    return None


def _overlaps(deed: Deed, table: Table, row: Mapping[str, Any], store: Store) -> bool:
    period = period_of(table)
    if period is None or not isinstance(row.get(period[0]), str) or not isinstance(row.get(period[1]), str):
        return False
    for column in resources_of(deed, table)[:1]:
        if row.get(column) is None:
            return False
        where = [(column, "=", row[column]), (period[0], "<=", row[period[1]]), (period[1], ">=", row[period[0]])]
        found, _ = store.page(table, where, "", "", 0, 20)
        return any(one[period[0]] < row[period[1]] and one[period[1]] > row[period[0]] for one in found)
    return False


def in_period(value: str, script: str, *, ends: bool) -> str:
    """A moment of a workflow's own day, so that no other workflow's period is in its way."""
    told = int(hashlib.sha256(script.encode()).hexdigest()[:6], 16)
    day = _FIRST_DAY + timedelta(days=2 * (told % 5000) + (ends and len(value) == len("2026-03-02")))
    moved = value.replace(_FIRST_DAY.isoformat(), day.isoformat())
    return moved.replace("09:30:00", "10:30:00") if ends else moved
