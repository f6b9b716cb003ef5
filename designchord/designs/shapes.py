"""How rows look to a client: the shapes of ``docs/http.md``. Pure: rows in, JSON-ready values out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from designchord.blueprint.changes import read_operations
from designchord.blueprint.changes import tell as tell_operation
from designchord.designs.models import ApiToken, ChangeRequest, ChangeSet, Design, Part, Revision, Step, Verification


def moment(value: datetime | None) -> str | None:
    """UTC with milliseconds."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def token(row: ApiToken) -> dict[str, Any]:
    """A token without its text, which nobody has."""
    return {
        "id": row.pk,
        "name": row.name,
        "prefix": row.prefix,
        "scope": row.scope,
        "created_at": moment(row.created_at),
        "expires_at": moment(row.expires_at),
        "last_used_at": moment(row.last_used_at),
    }


def error(code: str, message: str) -> dict[str, str] | None:
    return {"code": code, "message": message} if code else None


def step(row: Step) -> dict[str, Any]:
    part = row.part
    return {
        "kind": row.kind,
        "part": part.key if part else "",
        "title": part.title if part else "",
        "retired": part is not None and part.retired,
        "state": row.state,
        "phase": row.phase,
        "waiting": row.waiting if row.phase == "waiting" else None,
        "run": row.run,
        "attempt": row.attempt,
        "error": error(row.error_code, row.error_message),
        "refused": row.refused,
        "unchanged": row.unchanged,
        "ready_at": moment(row.ready_at),
        "started_at": moment(row.started_at),
        "first_token_at": moment(row.first_token_at),
        "finished_at": moment(row.finished_at),
    }


#: What of a request its author wrote.
ASKED = ("words", "answered")


def request(row: Step, asked: ChangeRequest) -> dict[str, Any]:
    """A request for a change and how the step stands that reads it."""
    return {
        "id": str(asked.pk),
        "words": asked.words,
        "answered": asked.answered,
        "state": row.state,
        "phase": row.phase,
        "waiting": row.waiting if row.phase == "waiting" else None,
        "attempt": row.attempt,
        "error": error(row.error_code, row.error_message),
        "question": asked.question,
        "problems": asked.problems,
        "closed": asked.closed_at is not None,
        "created_at": moment(asked.created_at),
        "started_at": moment(row.started_at),
        "first_token_at": moment(row.first_token_at),
        "finished_at": moment(row.finished_at),
    }


def revision(row: Revision, *, with_source: bool = True) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "number": row.number,
        "origin": row.origin,
        "problems": row.problems,
        "provenance": row.provenance,
        "created_at": moment(row.created_at),
    }
    if with_source:
        shown["source"] = row.source
    return shown


def artifact(part: Part, current: Revision) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "part": part.key,
        "title": part.title,
        "retired": part.retired,
        "revision": revision(current),
        "stale": stale(part),
    }


def change_head(row: ChangeSet) -> dict[str, Any]:
    """A change without its operations."""
    return {
        "number": row.result,
        "base": row.base,
        "origin": row.origin,
        "who": row.who,
        "why": row.why,
        "undoes": row.undoes,
        "created_at": moment(row.created_at),
    }


def change(row: ChangeSet, *, undone_by: int | None = None) -> dict[str, Any]:
    """A change with its operations, each with its line."""
    told = [{**one, "line": tell(one)} for one in row.operations]
    return {**change_head(row), "undone_by": undone_by, "operations": told}


def verification_head(row: Verification) -> dict[str, Any]:
    """A verification without what it found."""
    return {
        "number": row.number,
        "revision": row.revision,
        "blueprint": row.blueprint,
        "who": row.who,
        "compared": row.compared,
        "counts": row.counts,
        "not_read": row.not_read,
        "left_out": row.left_out,
        "created_at": moment(row.created_at),
    }


def verification(row: Verification) -> dict[str, Any]:
    return {**verification_head(row), "findings": row.findings, "accepted": row.accepted, "things": row.things}


def tell(operation: dict[str, Any]) -> str:
    (read,) = read_operations([operation])
    return tell_operation(read)


def stale(part: Part) -> dict[str, Any] | None:
    """Why a part is out of date, if it is, with the things of the blueprint that changed."""
    if part.stale is None:
        return None
    return {"reason": "blueprint_changed", "because": ["blueprint"], "changes": part.stale}


def design(row: Design) -> dict[str, Any]:
    return {
        "state": row.state,
        "error": error(row.error_code, row.error_message),
        "finished_at": moment(row.finished_at),
    }


def listed(row: Design) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "title": row.title,
        "language": row.language,
        "kinds": row.kinds,
        "model": row.model,
        "effort": row.effort,
        "created_at": moment(row.created_at),
        **design(row),
    }
