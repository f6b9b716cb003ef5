"""Stories as documents of the Arazzo Specification 1.0.1: workflows of calls, each told by its operation's id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

VERSION: Final = "1.0.1"
SOURCE: Final = "api"
#: Which refusals a mock has to be asked for (``Prefer: code=409``), because no rule of it decides.
ASKED: Final = "x-asked-for"
REQUIREMENTS: Final = "x-requirements"


@dataclass(frozen=True, slots=True)
class Step:
    """One call. ``parameters`` are (name, place, value); ``outputs`` name runtime expressions; ``expects`` a status."""

    id: str
    operation: str
    description: str = ""
    parameters: tuple[tuple[str, str, Any], ...] = ()
    payload: Any = None
    media: str = "application/json"
    expects: int = 200
    outputs: tuple[tuple[str, str], ...] = ()
    #: Makes ready what the story needs, and is no step of it.
    preparing: bool = False


@dataclass(frozen=True, slots=True)
class Workflow:
    id: str
    summary: str = ""
    description: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    steps: tuple[Step, ...] = ()
    asked_for: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """One scenario: how it goes well, and how it is refused."""

    id: str
    title: str
    description: str = ""
    requirements: tuple[str, ...] = ()
    workflows: tuple[Workflow, ...] = field(default_factory=tuple)


def document(story: Story, api: str) -> dict[str, Any]:
    """The Arazzo document of a story. ``api`` is where its OpenAPI stands, from the document's own place."""
    info: dict[str, Any] = {"title": story.title or story.id, "version": "1.0.0"}
    if story.description:
        info["description"] = story.description
    if story.requirements:
        info[REQUIREMENTS] = list(story.requirements)
    return {
        "arazzo": VERSION,
        "info": info,
        "sourceDescriptions": [{"name": SOURCE, "url": api, "type": "openapi"}],
        "workflows": [_workflow(one) for one in story.workflows],
    }


def _workflow(workflow: Workflow) -> dict[str, Any]:
    written: dict[str, Any] = {"workflowId": workflow.id}
    if workflow.summary:
        written["summary"] = workflow.summary
    if workflow.description:
        written["description"] = workflow.description
    if workflow.inputs:
        properties = {name: {"type": "string", "default": default} for name, default in workflow.inputs}
        written["inputs"] = {"type": "object", "properties": properties}
    written["steps"] = [_step(one) for one in workflow.steps]
    if workflow.asked_for:
        written[ASKED] = True
    return written


def _step(step: Step) -> dict[str, Any]:
    written: dict[str, Any] = {"stepId": step.id}
    if step.description:
        written["description"] = step.description
    written["operationId"] = step.operation
    if step.parameters:
        written["parameters"] = [{"name": name, "in": place, "value": value} for name, place, value in step.parameters]
    if step.payload is not None:
        written["requestBody"] = {"contentType": step.media, "payload": step.payload}
    written["successCriteria"] = [{"condition": f"$statusCode == {step.expects}"}]
    if step.outputs:
        written["outputs"] = dict(step.outputs)
    return written
