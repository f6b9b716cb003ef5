"""A designchord on a server, over its HTTP API."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from designchord.cli.base import ENDED, Shape
from designchord.errors import BadInput, NotFound

if TYPE_CHECKING:
    from designchord.blueprint.model import Brief
    from designchord.cli.http import Server


class Remote:
    """What somebody's token allows."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def start(
        self, brief: Brief, *, kinds: Sequence[str], model: str, assume: str, effort: str = "", blueprint: str = ""
    ) -> str:
        body: Shape = {
            "title": brief.title,
            "content": brief.content,
            "requirements": brief.requirements,
            "language": brief.language,
            "kinds": list(kinds),
            "model": model,
            "assume": assume,
        }
        if effort:
            body["effort"] = effort
        if blueprint:
            body["blueprint"] = blueprint
        # With a key the same request, sent again after a broken connection, gives the same design.
        return str(self._server.ask("POST", "/designs", body, key=uuid.uuid4().hex)["id"])

    def listed(self, *, query: str = "", state: str = "") -> list[Shape]:
        asked = urlencode({name: value for name, value in (("q", query), ("state", state)) if value})
        found: list[Shape] = self._server.ask("GET", f"/designs?{asked}")["items"]
        return found

    def snapshot(self, design_id: str) -> Shape:
        return self._ask("GET", design_id)

    def follow(self, design_id: str) -> Iterator[Shape]:
        """Events tell what happens, and the snapshot after them what has come of it."""
        seen: Shape = {"state": "", "steps": []}
        for name, data in self._server.events(f"{_path(design_id)}/events"):
            if name == "snapshot":
                seen = {"state": data["state"], "steps": data["steps"]}
            elif name == "design":
                seen["state"] = data["state"]
            elif name == "step":
                _place(seen["steps"], data)
            else:
                continue
            if seen["state"] in ENDED:
                break
            yield seen
        yield self.snapshot(design_id)

    def explanation(self, design_id: str) -> Shape:
        return self._ask("GET", design_id, "/explain")

    def settle(self, design_id: str, *, confirmed: Sequence[str], struck: Sequence[str]) -> None:
        self._ask("POST", design_id, "/assumptions", {"confirm": list(confirmed), "strike": list(struck)})

    def propose(self, design_id: str, *, words: str, answered: tuple[str, str] | None = None) -> Shape:
        told = None if answered is None else {"question": answered[0], "answer": answered[1]}
        return self._ask("POST", design_id, "/changes", {"words": words, "answered": told})

    def follow_request(self, design_id: str, request_id: str) -> Iterator[Shape]:
        """Events tell what happens, and the request after them what has come of it."""
        written, found = 0, dict[str, Any]()
        for name, data in self._server.events(f"{_path(design_id)}/events"):
            if name == "delta" and data["part"] == request_id:
                written = data["offset"] + len(data["text"])
            elif name in ("snapshot", "request"):
                found = self._ask("GET", design_id, f"/requests/{quote(request_id, safe='')}")
            else:
                continue
            yield found | {"written": written}
            if found["state"] in ENDED:
                return

    def dismiss(self, design_id: str, request_id: str) -> None:
        self._ask("DELETE", design_id, f"/requests/{quote(request_id, safe='')}")

    def conflict(self, design_id: str, *, kind: str, part: str) -> Shape:
        return self._ask("GET", design_id, f"{_artifact(kind, part)}/conflict")

    def change(self, design_id: str, *, operations: Sequence[Shape], why: str, request: str | None = None) -> Shape:
        body: Shape = {"operations": list(operations), "exact": True, "apply": True, "why": why}
        if request is not None:
            body["request"] = request
        return self._ask("POST", design_id, "/changes", body)

    def undo(self, design_id: str, *, number: int | None = None) -> Shape:
        return self._ask("POST", design_id, "/changes/undo", {"number": number})

    def changes(self, design_id: str) -> list[Shape]:
        found: list[Shape] = self._ask("GET", design_id, "/changes")["items"]
        return found

    def revision(self, design_id: str, *, kind: str, part: str, number: int) -> Shape:
        return self._ask("GET", design_id, f"{_artifact(kind, part)}/revisions/{number}")

    def retry(self, design_id: str, *, kind: str = "", part: str | None = None) -> None:
        self._ask("POST", design_id, "/retry", {"kind": kind or None, "part": part})

    def regenerate(self, design_id: str, *, kind: str, part: str, feedback: str) -> None:
        self._ask("POST", design_id, f"{_artifact(kind, part)}/regenerate", {"feedback": feedback})

    def refresh(self, design_id: str, *, with_edited: bool = False) -> None:
        self._ask("POST", design_id, "/refresh", {"with_edited": with_edited})

    def edit(self, design_id: str, *, kind: str, part: str, source: str, base: int) -> Shape:
        return self._ask("PUT", design_id, _artifact(kind, part), {"source": source, "base": base})

    def cancel(self, design_id: str) -> None:
        self._ask("POST", design_id, "/cancel")

    def delete(self, design_id: str) -> None:
        self._ask("DELETE", design_id)

    def undelete(self, design_id: str) -> None:
        self._ask("POST", design_id, "/undelete")

    def share(self, design_id: str) -> str:
        return f"{self._server.address}{self._ask('POST', design_id, '/share')['path']}"

    def unshare(self, design_id: str) -> None:
        self._ask("DELETE", design_id, "/share")

    def models(self, *, probe: bool = False) -> Shape:
        if probe:
            raise BadInput("Providers are asked from the machine that has their keys: leave --probe or --server out.")
        found: Shape = self._server.ask("GET", "/models")
        return found

    def _ask(self, method: str, design_id: str, tail: str = "", body: Any = None) -> Shape:
        found: Shape = self._server.ask(method, f"{_path(design_id)}{tail}", body)
        return found


def _path(design_id: str) -> str:
    """Where a design is; what can be no id is answered here, as it would be by a server."""
    try:
        return f"/designs/{uuid.UUID(design_id)}"
    except ValueError:
        raise NotFound("There is no such design.", code="design_not_found") from None


def _artifact(kind: str, part: str) -> str:
    return f"/artifacts/{quote(kind, safe='')}" + (f"/{quote(part, safe='')}" if part else "")


def _place(steps: list[Shape], changed: Shape) -> None:
    """A step in its place; a new one before the report, which comes last."""
    for index, step in enumerate(steps):
        if (step["kind"], step["part"]) == (changed["kind"], changed["part"]):
            steps[index] = changed
            return
    last = len(steps) - (bool(steps) and steps[-1]["kind"] == "report")
    steps.insert(last, changed)
