"""What clients get, for the machine-readable description; ``designs.shapes`` and ``docs/http.md`` say the same.

Answers are written as they are read from the database; these classes describe them, and tests hold them to it.
"""

from __future__ import annotations

from http.client import responses
from typing import Any, Literal

import orjson
from django.http import HttpResponse
from pydantic import BaseModel, ConfigDict


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Failure(_Answer):
    """``code`` is stable, ``message`` is for people."""

    code: str
    message: str
    details: dict[str, Any] = {}
    request_id: str = ""


class Failed(_Answer):
    error: Failure


def failing(*statuses: int) -> dict[str, Any]:
    """What the description says besides of an operation that may fail so. Said in words and not as response models:
    each of those would be built for each operation whenever a process starts."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Failed"}}}
    return {"responses": {status: {"description": responses[status], "content": content} for status in statuses}}


class Reason(_Answer):
    code: str
    message: str


class Waiting(_Answer):
    code: str
    until: str | None


class Step(_Answer):
    kind: str
    part: str
    title: str
    retired: bool
    state: Literal["waiting", "ready", "running", "done", "failed", "cancelled"]
    phase: str
    waiting: Waiting | None
    run: int
    attempt: int
    error: Reason | None
    refused: list[str]
    ready_at: str | None
    started_at: str | None
    first_token_at: str | None
    finished_at: str | None


class Problem(_Answer):
    code: str
    severity: Literal["error", "warning", "info"]
    message: str
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    kind: str | None = None
    part: str | None = None


class RevisionSummary(_Answer):
    number: int
    origin: Literal["generated", "repaired", "compiled", "skeleton", "edited", "regenerated", "restored", "offline"]
    problems: list[Problem]
    provenance: dict[str, Any]
    created_at: str


class Revision(RevisionSummary):
    source: str


class Change(_Answer):
    """A thing of the blueprint: ``entity``, its id, and what became of it."""

    what: str
    id: str
    how: Literal["added", "removed", "changed"]


class Stale(_Answer):
    reason: str
    because: list[str]
    changes: list[Change]


class Artifact(_Answer):
    """``retired``: the blueprint has no such part any more; its history can still be read."""

    kind: str
    part: str
    title: str
    retired: bool
    revision: Revision
    stale: Stale | None


class ArtifactWithHtml(Artifact):
    """``html`` is there for documents, and for others when it is asked for: null where there is nothing to read."""

    html: str | None = None


class Revisions(_Answer):
    items: list[RevisionSummary]


class Usage(_Answer):
    calls: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_usd: float | None


Effort = Literal["quick", "standard", "thorough"]
State = Literal["queued", "running", "done", "partial", "failed", "cancelled"]


class Snapshot(_Answer):
    id: str
    title: str
    content: str
    requirements: str
    language: str
    kinds: list[str]
    model: str
    effort: Effort
    state: State
    error: Reason | None
    created_at: str
    deadline_at: str | None
    finished_at: str | None
    last_event_id: int
    steps: list[Step]
    artifacts: list[Artifact]
    report: dict[str, Any] | None
    usage: Usage
    shared: str | None


class EffortEstimate(_Answer):
    """``cost_usd`` and the seconds are null where nothing is known of the model. Everything is there, compiled, after
    ``usable_seconds``, and as it was asked for after ``seconds``."""

    effort: Effort
    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    seconds: float | None
    usable_seconds: float | None


class Estimate(EffortEstimate):
    """``language`` is the given one, else that of the text; ``efforts`` says the same of each effort."""

    model: str
    language: str
    efforts: list[EffortEstimate]


class Share(_Answer):
    """``path`` is the link below this server's address."""

    path: str


class DesignSummary(_Answer):
    id: str
    title: str
    language: str
    kinds: list[str]
    model: str
    effort: Effort
    state: State
    error: Reason | None
    created_at: str
    finished_at: str | None


class Designs(_Answer):
    """A page; ``next`` is the ``cursor`` of the following one."""

    items: list[DesignSummary]
    next: str | None


class Problems(_Answer):
    problems: list[Problem]


class ChangeOperation(_Answer):
    """One operation on the blueprint (``docs/http.md``), with the ``line`` that tells it; ``because`` is the place of
    the operation that it follows from."""

    model_config = ConfigDict(extra="allow")

    do: Literal["add", "change", "rename", "move", "remove", "retire", "replace", "reinstate"]
    what: str
    line: str
    because: int | None = None


class RefusedOperation(_Answer):
    """An operation, by its place, that cannot be carried out, and why."""

    operation: int
    code: str
    message: str


class Clash(_Answer):
    """Lines that were edited by hand and would be another by the change; ``line`` counts in the edited text, from 1."""

    line: int
    yours: str
    theirs: str


class TouchedArtifact(_Answer):
    """``recompiled`` by code, or ``outdated`` until it is made again; ``by_hand``: somebody edited it. Then it is
    ``merged`` where that is exact, else the ``clashes`` show both sides."""

    kind: str
    part: str
    title: str
    how: Literal["added", "removed", "recompiled", "outdated", "merged"]
    by_hand: bool
    changes: list[Change]
    clashes: list[Clash]


class TouchedCall(_Answer):
    how: Literal["added", "removed", "changed"]
    effect: Literal["breaking", "compatible"]
    operation: str
    method: str
    path: str
    because: list[str]


class MarkedDiagram(_Answer):
    """A diagram with all that is, comes and goes; ``marks`` says of ``Tool`` and ``Tool.name`` which."""

    source: str
    marks: dict[str, Literal["added", "removed", "changed"]]


class ServedRequirement(_Answer):
    id: str
    text: str


class Preview(_Answer):
    """``requirements`` are those that something was there for and nothing would be."""

    artifacts: list[TouchedArtifact]
    api: list[TouchedCall]
    erd: MarkedDiagram | None
    requirements: list[ServedRequirement]


class ProposedChange(_Answer):
    """A change of the blueprint's revision ``base`` and what comes of it; ``number`` is that of the revision it made,
    null while it is only shown."""

    number: int | None
    base: int
    operations: list[ChangeOperation]
    blueprint: str
    refused: list[RefusedOperation]
    preview: Preview


class ChangeOfDesign(_Answer):
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


class Changes(_Answer):
    items: list[ChangeOfDesign]


class Ground(_Answer):
    """``name`` is ``Loan``, ``Tool-Loan``, ``Loan.due_on`` or ``createLoan`` by its ``kind``; ``line`` 0 is nowhere."""

    kind: Literal["actor", "entity", "attribute", "relation", "operation"]
    name: str
    label: str
    rule: str
    because: str
    word: str
    words: str
    field: Literal["title", "content", "requirements", ""]
    line: int


class Explanation(_Answer):
    """``reason`` says why there is nothing to tell."""

    items: list[Ground]
    reason: Reason | None


class Kind(_Answer):
    """What a design shows, in reading order: its artifacts of each kind, before them its blueprint, after them its
    report. ``selectable``: a design can be made with or without it; ``drawn``: there is a picture; ``labels`` by
    language; ``file`` is the name it is taken along under, with ``{part}`` where there are several; ``keyword`` begins
    its diagrams; ``covers`` says which requirements it has to show, ``elaborated`` with which efforts a model writes
    it."""

    name: str
    labels: dict[str, str]
    notation: Literal["markdown", "mermaid", "openapi", "blueprint", "json"]
    file: str
    keyword: str
    drawn: bool
    selectable: bool
    covers: Literal["all", "functional"] | None
    elaborated: list[Effort]


class Kinds(_Answer):
    items: list[Kind]


class Limits(_Answer):
    """The longest texts that are taken, in characters; a file of an idea in bytes."""

    title: int
    content: int
    requirements: int
    feedback: int
    source: int
    idea_file: int


class Provider(_Answer):
    provider: str
    title: str
    ready: bool
    reason: str
    models: list[str]


class Models(_Answer):
    """``default`` is what an empty choice means; ``warnings`` are about the models that were chosen here."""

    items: list[Provider]
    default: str
    warnings: list[str]


class Connectable(_Answer):
    """``model`` and ``address`` are what is taken when none is given; ``price`` is dollars for a million tokens in and
    out, null where it is not known."""

    provider: str
    title: str
    model: str
    address: str
    key_needed: bool
    price: list[float] | None


class Connected(_Answer):
    """The key is never told; ``remembered``: it is kept in the home folder."""

    provider: str
    model: str
    url: str
    has_key: bool
    remembered: bool


class ModelConnection(_Answer):
    """``allowed``: whether who asks may connect a model here."""

    allowed: bool
    connected: Connected | None
    providers: list[Connectable]


class Tried(ModelConnection):
    """``model`` answered after ``seconds``; ``form`` says how it keeps to one: ``schema``, ``mode``, ``none``."""

    model: str
    seconds: float | None
    form: str


class Recognised(_Answer):
    """A requirement with the number that it would get."""

    id: str
    text: str
    kind: Literal["functional", "quality", "constraint"]
    priority: Literal["must", "should", "could"]


class Idea(_Answer):
    """A text as a design would be started from it."""

    title: str
    content: str
    requirements: str
    language: str
    recognised: list[Recognised]


class ExampleWithBlueprint(_Answer):
    """``blueprint`` is its source, to start a finished design with."""

    id: str
    language: str
    title: str
    content: str
    requirements: str
    blueprint: str


class Example(_Answer):
    id: str
    language: str
    title: str
    content: str
    requirements: str


class Examples(_Answer):
    items: list[Example]


def answer(value: Any, *, status: int = 200) -> HttpResponse:
    """A JSON response. ``value`` comes from the selectors and is JSON-ready."""
    return HttpResponse(orjson.dumps(value), content_type="application/json", status=status)
