"""The port of the commands: a designchord, be it in this process or on a server. No command knows which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from designchord.blueprint.model import Brief

ENDED = frozenset({"done", "partial", "failed", "cancelled"})

Shape = dict[str, Any]


class Designchord(Protocol):
    """One owner's designs. Shapes are those of ``docs/http.md``; what goes wrong is raised as in ``errors``."""

    def start(
        self, brief: Brief, *, kinds: Sequence[str], model: str, assume: str, effort: str = "", blueprint: str = ""
    ) -> str:
        """Accept an idea, or with a blueprint's text only its parts; the design's id."""
        ...

    def listed(self, *, query: str = "", state: str = "") -> list[Shape]: ...

    def snapshot(self, design_id: str) -> Shape: ...

    def follow(self, design_id: str) -> Iterator[Mapping[str, Any]]:
        """``state`` and ``steps`` whenever they may have changed; the last is a snapshot of the design at its end."""
        ...

    def explanation(self, design_id: str) -> Shape: ...

    def settle(self, design_id: str, *, confirmed: Sequence[str], struck: Sequence[str]) -> None:
        """Confirm and strike assumptions, all or none."""
        ...

    def propose(self, design_id: str, *, words: str, answered: tuple[str, str] | None = None) -> Shape:
        """What a change in words would mean; nothing is stored. Words that a model has to read are a request
        (``id``, ``state``, …), to be followed."""
        ...

    def follow_request(self, design_id: str, request_id: str) -> Iterator[Shape]:
        """A request whenever it may have changed, with the characters that were ``written`` so far; the last is the
        request at its end, with its ``proposal``."""
        ...

    def dismiss(self, design_id: str, request_id: str) -> None:
        """Let a request go; what reads it stops."""
        ...

    def change(self, design_id: str, *, operations: Sequence[Shape], why: str, request: str | None = None) -> Shape:
        """Carry operations out, exactly these; a request that they came of is closed."""
        ...

    def conflict(self, design_id: str, *, kind: str, part: str) -> Shape:
        """Where an artifact that was edited by hand and the blueprint of today do not go together."""
        ...

    def undo(self, design_id: str, *, number: int | None = None) -> Shape: ...

    def changes(self, design_id: str) -> list[Shape]: ...

    def revision(self, design_id: str, *, kind: str, part: str, number: int) -> Shape: ...

    def retry(self, design_id: str, *, kind: str = "", part: str | None = None) -> None: ...

    def regenerate(self, design_id: str, *, kind: str, part: str, feedback: str) -> None: ...

    def refresh(self, design_id: str, *, with_edited: bool = False) -> None: ...

    def edit(self, design_id: str, *, kind: str, part: str, source: str, base: int) -> Shape:
        """The artifact as it stands then."""
        ...

    def cancel(self, design_id: str) -> None: ...

    def delete(self, design_id: str) -> None: ...

    def undelete(self, design_id: str) -> None: ...

    def share(self, design_id: str) -> str:
        """A link for reading, as far as it is known: without its server where there is none."""
        ...

    def unshare(self, design_id: str) -> None: ...

    def models(self, *, probe: bool = False) -> Shape: ...
