"""The report of a design: its cross-check, and what its rehearsal found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designchord.blueprint.model import Blueprint
from designchord.consistency.report import cross_check
from designchord.pipeline.running import REHEARSAL, enough


def report_of(
    sources: Mapping[tuple[str, str], str],
    blueprint: Blueprint | None,
    *,
    language: str,
    before: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The report as JSON, of parts by (kind, key). ``before``: the last one, whose rehearsal counts if it played the
    same."""
    # Loaded when something is rehearsed.
    from designchord.rehearsal.rehearsing import rehearsed

    report = cross_check(sources, blueprint, language=language).to_dict()
    return rehearsed(report, sources, blueprint, language, before=before, spent=enough(REHEARSAL))
