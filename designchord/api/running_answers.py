"""What is answered about a design that runs."""

from __future__ import annotations

from typing import Any, Literal

from designchord.api.answers import Answer, Problem


class PlayedStep(Answer):
    """A call of a story: what was sent, expected and answered; ``fault`` is a code where it broke."""

    step: str
    operation: str
    description: str = ""
    request: str = ""
    sent: Any = None
    status: int = 0
    expected: int = 0
    answered: Any = None
    fault: str = ""
    detail: str = ""


class PlayedWorkflow(Answer):
    """How a story goes well, or is refused. ``asked_for``: the mock was asked for the refusal, no rule decides it."""

    workflow: str
    summary: str
    ran: bool
    asked_for: bool
    steps: list[PlayedStep]


class PlayedStory(Answer):
    """``gaps`` are codes of what kept it from being played as a whole, ``gaps_at`` the messages where they are."""

    id: str
    kind: str
    title: str
    ran: bool
    requirements: list[str]
    gaps: list[str]
    gaps_at: list[str]
    workflows: list[PlayedWorkflow]


class Played(Answer):
    """A rehearsal. It shows that the parts fit together, not that they are what is wanted."""

    ran: int
    total: int
    tables: int
    stories: list[PlayedStory]
    problems: list[Problem]


class TriedParameter(Answer):
    name: str
    place: Literal["path", "query"]
    required: bool
    example: str


class TriedOperation(Answer):
    """``role`` is who may call it, ``body`` an example or null, ``refusals`` what can be asked for."""

    id: str
    method: str
    path: str
    summary: str
    secured: bool
    role: str
    parameters: list[TriedParameter]
    body: Any
    refusals: list[int]


class TriedActor(Answer):
    id: str
    label: str
    token: str


class TrialLimits(Answer):
    """Requests that a sandbox remembers, characters of a body."""

    requests: int
    body: int


class TrialOffer(Answer):
    operations: list[TriedOperation]
    actors: list[TriedActor]
    limits: TrialLimits


class TrialAnswer(Answer):
    """What the mock answered. ``changes``: send this request along with the next ones."""

    status: int
    headers: dict[str, str]
    body: Any
    changes: bool
