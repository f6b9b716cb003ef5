"""The designchord of this process."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from designchord.cli.base import ENDED, Shape
from designchord.cli.waiting import wait_for_news

if TYPE_CHECKING:
    from designchord.blueprint.model import Brief
    from designchord.designs.models import Owner
    from designchord.events.base import Event
    from designchord.wiring import App

#: Rows of a list.
_LISTED = 50


class Local:
    """Verbs and selectors, for the owner of this machine."""

    def __init__(self, app: App, owner: Owner) -> None:
        self._app = app
        self._verbs = app.verbs
        self._owner = owner

    def start(
        self, brief: Brief, *, kinds: Sequence[str], model: str, assume: str, effort: str = "", blueprint: str = ""
    ) -> str:
        design, _ = self._verbs.start(
            owner=self._owner, brief=brief, kinds=kinds, model=model, assume=assume, effort=effort, blueprint=blueprint
        )
        return str(design.pk)

    def listed(self, *, query: str = "", state: str = "") -> list[Shape]:
        from designchord.designs import selectors

        found: list[Shape] = selectors.designs_list(owner=self._owner, query=query, state=state, limit=_LISTED)["items"]
        return found

    def snapshot(self, design_id: str) -> Shape:
        from designchord.designs import selectors

        return selectors.snapshot(owner=self._owner, design_id=design_id)

    def follow(self, design_id: str) -> Iterator[Shape]:
        heard: queue.SimpleQueue[object] = queue.SimpleQueue()
        subscribe = self._app.stream.subscribe
        leave = subscribe(design_id, lambda event: heard.put(event) if event.type != "delta" else None)
        try:
            while True:
                snapshot = self.snapshot(design_id)
                yield snapshot
                if snapshot["state"] in ENDED:
                    return
                wait_for_news(heard)
        finally:
            leave()

    def explanation(self, design_id: str) -> Shape:
        from designchord.pipeline.explaining import explanation

        return explanation(owner=self._owner, design_id=design_id)

    def settle(self, design_id: str, *, confirmed: Sequence[str], struck: Sequence[str]) -> None:
        self._verbs.settle(owner=self._owner, design_id=design_id, confirmed=confirmed, struck=struck)

    def propose(self, design_id: str, *, words: str, answered: tuple[str, str] | None = None) -> Shape:
        if self._verbs.is_for_model(owner=self._owner, design_id=design_id, words=words):
            self._app.run()  # whoever waits for a step here has to run it
            asked = self._verbs.ask(owner=self._owner, design_id=design_id, words=words, answered=answered)
            return self._request(design_id, str(asked.pk))
        from designchord.pipeline.changing import Wish

        design, proposal = self._verbs.propose(owner=self._owner, design_id=design_id, wish=Wish(words=words))
        return {"number": None, **proposal.to_dict(design)}

    def follow_request(self, design_id: str, request_id: str) -> Iterator[Shape]:
        self._app.run()
        heard: queue.SimpleQueue[object] = queue.SimpleQueue()
        written = [0]

        def hear(event: Event) -> None:
            if event.type == "delta":
                if event.data.get("part") == request_id:
                    written[0] = event.data["offset"] + len(event.data["text"])
                return
            heard.put(event)

        leave = self._app.stream.subscribe(design_id, hear)
        try:
            while True:
                found = self._request(design_id, request_id)
                yield found | {"written": written[0]}
                if found["state"] in ENDED:
                    return
                wait_for_news(heard)
        finally:
            leave()

    def _request(self, design_id: str, request_id: str) -> Shape:
        return self._verbs.request(owner=self._owner, design_id=design_id, request_id=request_id)

    def dismiss(self, design_id: str, request_id: str) -> None:
        self._verbs.dismiss(owner=self._owner, design_id=design_id, request_id=request_id)

    def conflict(self, design_id: str, *, kind: str, part: str) -> Shape:
        return self._verbs.conflict(owner=self._owner, design_id=design_id, kind=kind, part=part)

    def change(self, design_id: str, *, operations: Sequence[Shape], why: str, request: str | None = None) -> Shape:
        from designchord.blueprint.changes import read_operations
        from designchord.pipeline.changing import Wish

        wish = Wish(operations=read_operations(operations), exact=True)
        design, proposal, revision = self._verbs.change(
            owner=self._owner, design_id=design_id, wish=wish, why=why, request=request
        )
        return {"number": revision.number, **proposal.to_dict(design)}

    def undo(self, design_id: str, *, number: int | None = None) -> Shape:
        design, proposal, revision = self._verbs.undo(owner=self._owner, design_id=design_id, number=number)
        return {"number": revision.number, **proposal.to_dict(design)}

    def changes(self, design_id: str) -> list[Shape]:
        from designchord.designs import selectors

        return selectors.changes_list(owner=self._owner, design_id=design_id)

    def revision(self, design_id: str, *, kind: str, part: str, number: int) -> Shape:
        from designchord.designs import selectors, shapes

        found = selectors.revision_get(owner=self._owner, design_id=design_id, kind=kind, part=part, number=number)
        return shapes.revision(found)

    def retry(self, design_id: str, *, kind: str = "", part: str | None = None) -> None:
        self._verbs.retry(owner=self._owner, design_id=design_id, kind=kind, part=part)

    def regenerate(self, design_id: str, *, kind: str, part: str, feedback: str) -> None:
        self._verbs.regenerate(owner=self._owner, design_id=design_id, kind=kind, part=part, feedback=feedback)

    def refresh(self, design_id: str, *, with_edited: bool = False) -> None:
        self._verbs.refresh(owner=self._owner, design_id=design_id, with_edited=with_edited)

    def edit(self, design_id: str, *, kind: str, part: str, source: str, base: int) -> Shape:
        from designchord.designs import shapes

        edited = self._verbs.edit(
            owner=self._owner, design_id=design_id, kind=kind, part=part, source=source, base=base
        )
        return shapes.artifact(*edited)

    def cancel(self, design_id: str) -> None:
        self._verbs.cancel(owner=self._owner, design_id=design_id)

    def delete(self, design_id: str) -> None:
        self._verbs.delete(owner=self._owner, design_id=design_id)

    def undelete(self, design_id: str) -> None:
        self._verbs.undelete(owner=self._owner, design_id=design_id)

    def share(self, design_id: str) -> str:
        return f"/share/{self._verbs.share(owner=self._owner, design_id=design_id)}"

    def unshare(self, design_id: str) -> None:
        self._verbs.unshare(owner=self._owner, design_id=design_id)

    def models(self, *, probe: bool = False) -> Shape:
        return self._app.models.overview(probe=probe)
