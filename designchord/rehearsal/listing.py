"""What the query of a list asks for: which rows, in which order, how many from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from designchord.blueprint.naming import fold
from designchord.notation.sql.model import Table


@dataclass(slots=True)
class Listing:
    """``where`` holds columns, comparisons (``=``, ``>=``, ``<=``) and values; pages count from 1."""

    where: list[tuple[str, str, Any]] = field(default_factory=list)
    search: str = ""
    order: str = ""
    page: int = 1
    size: int = 20
    offset: int | None = None

    @property
    def first(self) -> int:
        return self.offset if self.offset is not None else (self.page - 1) * self.size


def listing_of(table: Table, query: Mapping[str, Any]) -> Listing:
    """The query by the names that APIs use for paging, sorting and searching; the rest are filters by columns."""
    found = Listing()
    for name, value in query.items():
        if name in ("page", "page_number"):
            found.page = max(int(value), 1) if isinstance(value, int) else 1
        elif name in ("size", "limit", "page_size", "per_page"):
            found.size = max(value, 1) if isinstance(value, int) else 20
        elif name in ("offset", "skip"):
            found.offset = max(value, 0) if isinstance(value, int) else 0
        elif name in ("keyword", "q", "query", "search"):
            found.search = str(value)
        elif name in ("sort", "order_by", "sort_by", "order"):
            found.order = _order(table, str(value))
        elif by := _filter(table, name):
            found.where.append((*by, value))
    found.page, found.size = min(found.page, 10**9), min(found.size, 1000)
    return found


def _filter(table: Table, name: str) -> tuple[str, str] | None:
    names = {fold(column.name): column.name for column in table.columns}
    if fold(name) in names:
        return names[fold(name)], "="
    for mark, sign in (("min_", ">="), ("max_", "<="), ("from_", ">="), ("to_", "<=")):
        if name.startswith(mark) and fold(name.removeprefix(mark)) in names:
            return names[fold(name.removeprefix(mark))], sign
    for mark, sign in (
        ("_from", ">="),
        ("_to", "<="),
        ("_min", ">="),
        ("_max", "<="),
        ("_after", ">="),
        ("_before", "<="),
    ):
        if name.endswith(mark) and fold(name.removesuffix(mark)) in names:
            return names[fold(name.removesuffix(mark))], sign
    return None


def _order(table: Table, written: str) -> str:
    name, _, direction = written.replace(":", ",").replace(" ", ",").partition(",")
    descending = name.startswith("-") or direction.lower().startswith("d")
    names = {fold(column.name): column.name for column in table.columns}
    found = names.get(fold(name.lstrip("-+")))
    return ("-" if descending else "") + found if found else ""
