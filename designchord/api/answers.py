"""What clients get, for the machine-readable description; ``designs.shapes`` and ``docs/http.md`` say the same.

Answers are written as they are read from the database; these classes describe them, and tests hold them to it.
"""

from __future__ import annotations

from http.client import responses
from typing import Any, Literal

import orjson
from django.http import HttpResponse
from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Failure(Answer):
    """``code`` is stable, ``message`` is for people."""

    code: str
    message: str
    details: dict[str, Any] = {}
    request_id: str = ""


class Failed(Answer):
    error: Failure


def failing(*statuses: int) -> dict[str, Any]:
    """What the description says besides of an operation that may fail so. Said in words and not as response models:
    each of those would be built for each operation whenever a process starts."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Failed"}}}
    return {"responses": {status: {"description": responses[status], "content": content} for status in statuses}}


class Reason(Answer):
    code: str
    message: str


class Waiting(Answer):
    code: str
    until: str | None


class Step(Answer):
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
    unchanged: bool
    ready_at: str | None
    started_at: str | None
    first_token_at: str | None
    finished_at: str | None


class Problem(Answer):
    code: str
    severity: Literal["error", "warning", "info"]
    message: str
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    kind: str | None = None
    part: str | None = None


class RevisionSummary(Answer):
    number: int
    origin: Literal["generated", "repaired", "compiled", "skeleton", "edited", "regenerated", "restored", "offline"]
    problems: list[Problem]
    provenance: dict[str, Any]
    created_at: str


class Revision(RevisionSummary):
    source: str


class Change(Answer):
    """A thing of the blueprint: ``entity``, its id, and what became of it."""

    what: str
    id: str
    how: Literal["added", "removed", "changed"]


class Stale(Answer):
    reason: str
    because: list[str]
    changes: list[Change]


class Artifact(Answer):
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


class Revisions(Answer):
    items: list[RevisionSummary]


class Usage(Answer):
    calls: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_usd: float | None


Effort = Literal["quick", "standard", "thorough"]
State = Literal["queued", "running", "done", "partial", "failed", "cancelled"]


class OpenRequest(Answer):
    """Words for a change that a model reads or has read, and how far it is. ``question``: what it asks back instead of
    proposing anything; ``problems``: what was wrong with an answer that came to nothing."""

    id: str
    words: str
    answered: list[str] | None
    state: Literal["ready", "running", "done", "failed", "cancelled"]
    phase: str
    waiting: Waiting | None
    attempt: int
    error: Reason | None
    question: str
    problems: list[dict[str, Any]]
    closed: bool
    created_at: str
    started_at: str | None
    first_token_at: str | None
    finished_at: str | None


class Snapshot(Answer):
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
    verified: int
    requests: list[OpenRequest]


class EffortEstimate(Answer):
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


class Share(Answer):
    """``path`` is the link below this server's address."""

    path: str


class DesignSummary(Answer):
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


class Designs(Answer):
    """A page; ``next`` is the ``cursor`` of the following one."""

    items: list[DesignSummary]
    next: str | None


class Problems(Answer):
    problems: list[Problem]


class Ground(Answer):
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


class Explanation(Answer):
    """``reason`` says why there is nothing to tell."""

    items: list[Ground]
    reason: Reason | None


class Kind(Answer):
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


class Kinds(Answer):
    items: list[Kind]


class Limits(Answer):
    """The longest texts that are taken, in characters; a file of an idea in bytes."""

    title: int
    content: int
    requirements: int
    feedback: int
    source: int
    idea_file: int


class Provider(Answer):
    provider: str
    title: str
    ready: bool
    reason: str
    models: list[str]


class Models(Answer):
    """``default`` is what an empty choice means; ``warnings`` are about the models that were chosen here."""

    items: list[Provider]
    default: str
    warnings: list[str]


class Connectable(Answer):
    """``model`` and ``address`` are what is taken when none is given; ``price`` is dollars for a million tokens in and
    out, null where it is not known."""

    provider: str
    title: str
    model: str
    address: str
    key_needed: bool
    price: list[float] | None


class Connected(Answer):
    """The key is never told; ``remembered``: it is kept in the home folder."""

    provider: str
    model: str
    url: str
    has_key: bool
    remembered: bool


class ModelConnection(Answer):
    """``allowed``: whether who asks may connect a model here."""

    allowed: bool
    connected: Connected | None
    providers: list[Connectable]


class Tried(ModelConnection):
    """``model`` answered after ``seconds``; ``form`` says how it keeps to one: ``schema``, ``mode``, ``none``."""

    model: str
    seconds: float | None
    form: str


class Recognised(Answer):
    """A requirement with the number that it would get."""

    id: str
    text: str
    kind: Literal["functional", "quality", "constraint"]
    priority: Literal["must", "should", "could"]


class Idea(Answer):
    """A text as a design would be started from it."""

    title: str
    content: str
    requirements: str
    language: str
    recognised: list[Recognised]


class ExampleWithBlueprint(Answer):
    """``blueprint`` is its source, to start a finished design with."""

    id: str
    language: str
    title: str
    content: str
    requirements: str
    blueprint: str


class Example(Answer):
    id: str
    language: str
    title: str
    content: str
    requirements: str


class Examples(Answer):
    items: list[Example]


def answer(value: Any, *, status: int = 200) -> HttpResponse:
    """A JSON response. ``value`` comes from the selectors and is JSON-ready."""
    return HttpResponse(orjson.dumps(value), content_type="application/json", status=status)


class Read(Answer):
    """What one file said."""

    name: str
    notation: str
    entities: int
    operations: int
    schemas: int


class Same(Answer):
    """One thing under two names, and the rule by which it was recognised."""

    name: str
    other: str
    rule: str


class Remark(Answer):
    file: str
    line: int | None
    code: str
    message: str


class LeftOut(Answer):
    name: str
    reason: str


class Import(Answer):
    """What an import would make, and what it says beside it."""

    title: str
    entities: int
    relations: int
    operations: int
    scenarios: int
    read: list[Read]
    same: list[Same]
    conflicts: list[Remark]
    left_out: list[LeftOut]
    not_understood: list[Remark]
