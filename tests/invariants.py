"""What holds of a database after everything has ended, whatever happened on the way. Looked at with plain SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
import redis

_CHECKS = {
    "a design that has not ended": "SELECT id, state FROM designs_design WHERE state IN ('queued', 'running')",
    "a design with an end in its state or its time alone": (
        "SELECT id, state FROM designs_design WHERE finished_at IS NULL"
    ),
    "a design without an end among its events, or with more than it was run": (
        "SELECT d.id, count(e.id), s.run FROM designs_design d "
        "JOIN designs_step s ON s.design_id = d.id AND s.part_id IS NULL "
        "LEFT JOIN designs_event e ON e.design_id = d.id AND e.type = 'done' "
        "GROUP BY d.id, s.run HAVING count(e.id) NOT BETWEEN 1 AND s.run"
    ),
    "a design whose events have gaps": (
        "SELECT d.id, d.last_event, count(e.id), max(e.number) FROM designs_design d "
        "LEFT JOIN designs_event e ON e.design_id = d.id GROUP BY d.id, d.last_event "
        "HAVING count(e.id) <> d.last_event OR max(e.number) <> d.last_event"
    ),
    "a step that has not settled": (
        "SELECT id, design_id, state FROM designs_step WHERE state NOT IN ('done', 'failed', 'cancelled')"
    ),
    "a step that is done without a revision of its run": (
        "SELECT s.id, s.part_id FROM designs_step s WHERE s.state = 'done' AND s.part_id IS NOT NULL AND s.run > 0 "
        "AND NOT EXISTS "
        "(SELECT 1 FROM designs_revision r WHERE r.part_id = s.part_id AND r.run = s.run)"
    ),
    "an artifact without exactly one current revision": (
        "SELECT p.id, p.current, count(r.id) FROM designs_part p LEFT JOIN designs_revision r "
        "ON r.part_id = p.id AND r.number = p.current WHERE p.current > 0 GROUP BY p.id, p.current "
        "HAVING count(r.id) <> 1"
    ),
    "an artifact made more often than its step ran": (
        "SELECT p.id, s.run FROM designs_part p JOIN designs_step s ON s.part_id = p.id WHERE s.run < "
        "(SELECT count(*) FROM designs_revision r WHERE r.part_id = p.id AND r.run IS NOT NULL)"
    ),
    "a design that is done and lacks a part": (
        "SELECT d.id, s.part_id, s.state FROM designs_design d JOIN designs_step s ON s.design_id = d.id "
        "WHERE d.state = 'done' AND s.state <> 'done'"
    ),
    "a design that is less than done for no recorded reason": (
        "SELECT id, state FROM designs_design WHERE state IN ('partial', 'failed') AND error_code = ''"
    ),
}

_TEXTS = {
    "designs_design": "concat(title, content, requirements, error_message, report::text)",
    "designs_revision": "concat(source, problems::text, provenance::text)",
    "designs_event": "data::text",
    "designs_call": "concat(raw, error_code)",
    "designs_step": "concat(feedback, error_message, holder)",
}


@dataclass
class Findings:
    """How designs ended, how many calls are in the ledger (and never completed), and what is wrong."""

    states: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    open_calls: int = 0
    attempts: int = 0
    violations: list[str] = field(default_factory=list)


def find(
    database: str, *, accepted: Iterable[str] = (), canary: str = "", texts: Iterable[str] = (), redis_url: str = ""
) -> Findings:
    """Look for everything that must not be. ``accepted``: ids that were answered with 202; ``texts``: logs."""
    found = Findings()
    with psycopg.connect(database, connect_timeout=5) as connection:

        def query(statement: str) -> list[Any]:
            return connection.execute(statement).fetchall()  # type: ignore[arg-type]

        for name, statement in _CHECKS.items():
            if rows := query(statement):
                found.violations.append(f"{name}: {len(rows)}, such as {rows[0]}")
        known = {str(row[0]) for row in query("SELECT id FROM designs_design")}
        if lost := set(accepted) - known:
            found.violations.append(f"a design that was accepted and is lost: {len(lost)}")
        if canary:
            for table, columns in _TEXTS.items():
                if query(f"SELECT 1 FROM {table} WHERE {columns} LIKE '%{canary}%' LIMIT 1"):
                    found.violations.append(f"a secret in {table}")
        found.states = dict(query("SELECT state, count(*) FROM designs_design GROUP BY state"))
        found.reasons = dict(
            query("SELECT error_code, count(*) FROM designs_step WHERE error_code <> '' GROUP BY error_code")
        )
        found.calls = query("SELECT count(*) FROM designs_call")[0][0]
        found.open_calls = query("SELECT count(*) FROM designs_call WHERE state = 'open'")[0][0]
        found.attempts = query("SELECT coalesce(sum(token), 0) FROM designs_step")[0][0]
    if canary and any(canary in text for text in texts):
        found.violations.append("a secret in a log")
    if canary and redis_url and _in_redis(redis_url, canary.encode()):
        found.violations.append("a secret in Redis")
    return found


def _in_redis(url: str, canary: bytes) -> bool:
    with redis.Redis.from_url(url, protocol=2) as client:
        return any(
            canary in value
            for key in client.scan_iter("designchord:live:*", count=1000)
            for _, fields in client.xrange(key)
            for value in fields.values()
        )
