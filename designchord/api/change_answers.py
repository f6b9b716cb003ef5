"""The shapes of answers about changes of a blueprint, as the API's own description shows them."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from designchord.api import answers
from designchord.api.answers import Answer, Change


class ChangeOperation(Answer):
    """One operation on the blueprint (``docs/http.md``), with the ``line`` that tells it; ``because`` is the place of
    the operation that it follows from, ``needs`` are the places of those that it cannot be carried out without."""

    model_config = ConfigDict(extra="allow")

    do: Literal["add", "change", "rename", "move", "remove", "retire", "replace", "reinstate"]
    what: str
    line: str
    because: int | None = None
    needs: list[int] | None = None


class RefusedOperation(Answer):
    """An operation, by its place, that cannot be carried out, and why; ``values`` are what the message speaks of."""

    operation: int
    code: str
    message: str
    values: dict[str, str]


class Clash(Answer):
    """Lines that were edited by hand and would be another by the change; ``line`` counts in the edited text, from 1."""

    line: int
    yours: str
    theirs: str


class Piece(Answer):
    """Lines that are agreed on, or that clash."""

    text: str | None
    clash: Clash | None


class Conflicting(Answer):
    """The whole of an edited artifact's revision ``number``, in its order."""

    number: int
    pieces: list[Piece]


class TouchedArtifact(Answer):
    """``recompiled`` by code, or ``outdated`` until it is made again; ``by_hand``: somebody edited it. Then it is
    ``merged`` where that is exact, else the ``clashes`` show both sides."""

    kind: str
    part: str
    title: str
    how: Literal["added", "removed", "recompiled", "outdated", "merged"]
    by_hand: bool
    changes: list[Change]
    clashes: list[Clash]


class Difference(Answer):
    """One thing that callers see, by a stable code and what it is about."""

    code: str
    values: dict[str, str]


class TouchedCall(Answer):
    how: Literal["added", "removed", "changed"]
    effect: Literal["breaking", "compatible"]
    operation: str
    method: str
    path: str
    because: list[str]
    reasons: list[Difference]


class MarkedDiagram(Answer):
    """A diagram with all that is, comes and goes; ``marks`` says of ``Tool``, ``Tool.name``, ``Tool-Loan`` which."""

    source: str
    marks: dict[str, Literal["added", "removed", "changed"]]


class MarkedStory(Answer):
    """A story that is not as before; in one that is ``changed`` a sign stands before each step that comes (＋),
    goes (－) or is another (～)."""

    id: str
    title: str
    how: Literal["added", "removed", "changed"]
    source: str


class ServedRequirement(Answer):
    id: str
    text: str


class Preview(Answer):
    """``requirements`` are those that something was there for and nothing would be."""

    artifacts: list[TouchedArtifact]
    api: list[TouchedCall]
    erd: MarkedDiagram | None
    stories: list[MarkedStory]
    requirements: list[ServedRequirement]


class ProposedChange(Answer):
    """A change of the blueprint's revision ``base`` and what comes of it; ``number`` is that of the revision it made,
    null while it is only shown. Where a model asks back, ``question`` is not empty, and there are no operations."""

    number: int | None
    base: int
    question: str
    operations: list[ChangeOperation]
    blueprint: str
    refused: list[RefusedOperation]
    preview: Preview


class RequestUsage(Answer):
    """What the calls for a request have used; ``latency`` in seconds."""

    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_usd: float | None
    latency: float


class ChangeRequest(answers.OpenRequest):
    """A request as it stands. ``proposal`` is what it came to, held against the blueprint of today: null until it is
    ``done``."""

    usage: RequestUsage
    proposal: ProposedChange | None


class ChangeOfDesign(Answer):
    """A change that was made; ``undone_by`` is the number of the change that took it back."""

    number: int
    base: int
    origin: Literal["changed", "edited", "settled", "restored", "undone"]
    who: str
    why: str
    undoes: int | None
    undone_by: int | None
    created_at: str
    operations: list[ChangeOperation]


class Changes(Answer):
    items: list[ChangeOfDesign]
