"""Stories of a system: those that its sequence diagrams tell, or such as its calls suggest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from designchord.blueprint.model import Actor, Entity, Operation, Scenario, ScenarioStep
from designchord.blueprint.naming import pascal, slug
from designchord.consistency.names import is_infrastructure, match_path
from designchord.kinds.sequence.kind import called
from designchord.notation.mermaid import Message, Participant
from designchord.readers.reading import Reading
from designchord.readers.system import System
from designchord.readers.wording import Words

MAX_STORIES: Final = 12
MAX_STEPS: Final = 60
MAX_ACTORS: Final = 20
_DATABASE: Final = re.compile(
    r"\b(?:db|database|repo|repository|storage|store|postgres|mysql|sql|cache|redis)", re.IGNORECASE
)
_BRANCHES: Final = frozenset({"ALT_START", "ALT_ELSE", "OPT_START", "LOOP_START", "BREAK_START", "CRITICAL_START"})
_ENDS: Final = frozenset({"ALT_END", "OPT_END", "LOOP_END", "BREAK_END", "CRITICAL_END"})


def given_stories(system: System, operations: Sequence[Operation]) -> tuple[list[Actor], list[Scenario]]:
    """The people and the stories of the sequence diagrams that were read."""
    actors: dict[str, Actor] = {}
    scenarios: list[Scenario] = []
    taken: set[str] = set()
    for reading in system.readings:
        if reading.diagram is None or len(scenarios) >= MAX_STORIES:
            continue
        sides = _sides(reading, actors)
        people = [side for side in sides.values() if side in actors]
        steps = _steps(reading, sides, operations)
        if not people or not steps:
            continue
        title = " ".join(reading.title.split())[:200] or f"Story {len(scenarios) + 1}"
        name = slug(title) or f"story-{len(scenarios) + 1}"
        while name in taken:
            name = f"{name[:56]}-{len(taken) + 1}"
        taken.add(name)
        first = next((one.source for one in steps if one.source in actors), people[0])
        scenarios.append(Scenario(id=name, title=title, actor=first, steps=tuple(steps[:MAX_STEPS])))
    return list(actors.values()), scenarios


def _sides(reading: Reading, actors: dict[str, Actor]) -> dict[str, str]:
    """Which side each participant is: an actor, the system, or its database."""
    assert reading.diagram is not None  # noqa: S101 - only called for diagrams
    sides: dict[str, str] = {}
    for at, participant in enumerate(reading.diagram.participants):
        words = f"{participant.name} {participant.label}"
        if participant.type != "actor" and _DATABASE.search(words):
            sides[participant.name] = "Database"
        elif participant.type != "actor" and (at > 0 or _is_ours(participant)) and _is_ours(participant):
            sides[participant.name] = "System"
        else:
            sides[participant.name] = _actor(participant, actors)
    return sides


def _is_ours(participant: Participant) -> bool:
    return is_infrastructure(participant.name) or is_infrastructure(participant.label)


def _actor(participant: Participant, actors: dict[str, Actor]) -> str:
    name = (
        pascal(participant.name) if len(participant.name) > 2 else pascal(participant.label) or pascal(participant.name)
    )
    name = name or pascal(participant.name) or "Person"
    if name in ("System", "Database"):
        return name
    if name not in actors:
        if len(actors) >= MAX_ACTORS:
            return next(iter(actors))
        kind = "person" if participant.type == "actor" or not actors else "external"
        actors[name] = Actor(id=name, label=(participant.label or name)[:200], kind=kind)  # type: ignore[arg-type]
    return name


def _steps(reading: Reading, sides: dict[str, str], operations: Sequence[Operation]) -> list[ScenarioStep]:
    assert reading.diagram is not None  # noqa: S101 - only called for diagrams
    steps: list[ScenarioStep] = []
    branches: list[str] = []
    for record in reading.diagram.records:
        if not isinstance(record, Message):
            if record.type in _BRANCHES and record.type != "ALT_ELSE":
                branches.append(record.text if record.type in ("ALT_START", "OPT_START", "BREAK_START") else "")
            elif record.type == "ALT_ELSE" and branches:
                branches[-1] = ""
            elif record.type in _ENDS and branches:
                branches.pop()
            continue
        source, target = sides.get(record.source, "System"), sides.get(record.target, "System")
        reply = "DOTTED" in record.arrow
        steps.append(
            ScenarioStep(
                source=source,
                target=target,
                message=(" ".join(record.text.split()) or "…")[:200],
                kind="self" if record.source == record.target else "reply" if reply else "call",
                operation=None if reply or target == "Database" else _operation_of(record.text, operations),
                when=next((one for one in reversed(branches) if one), "")[:200],
            )
        )
    return steps


def _operation_of(text: str, operations: Sequence[Operation]) -> str | None:
    for method, path in called(text):
        fits = [(match_path(path, one.path), one.id) for one in operations if one.method == method.upper()]
        best = sorted((fit != "exact", name) for fit, name in fits if fit)
        if best:
            return best[0][1]
    return None


def proposed_stories(
    operations: Sequence[Operation], actor: str, entities: Sequence[Entity], words: Words
) -> list[Scenario]:
    """For what can be created and read again, the story of doing so; else of the first call."""
    labels = {entity.name: entity.label for entity in entities}
    stories: list[Scenario] = []
    for entity in labels:
        own = [one for one in operations if one.entity == entity]
        create = next((one for one in own if one.method == "POST" and not one.path.endswith("}")), None)
        get = next((one for one in own if one.method == "GET" and one.returns == "one"), None)
        listed = next((one for one in own if one.method == "GET" and one.returns == "page"), None)
        chain = [one for one in (create, get, listed) if one is not None]
        if create is not None and len(chain) > 1 and len(stories) < MAX_STORIES:
            title = words.story_title.format(entity=labels[entity])[:200]
            stories.append(_story(slug(f"{entity}-story") or "story", title, chain, actor, words))
    if not stories:
        first = operations[0]
        stories = [_story(slug(first.id) or "story", first.summary, [first], actor, words)]
    return stories


def _story(name: str, title: str, chain: Sequence[Operation], actor: str, words: Words) -> Scenario:
    steps = []
    for one in chain:
        steps.append(ScenarioStep(source=actor, target="System", message=one.summary, operation=one.id))
        if one.method != "GET":
            steps.append(ScenarioStep(source="System", target="Database", message=words.saved))
        steps.append(ScenarioStep(source="System", target=actor, message=words.answered, kind="reply"))
    requirements = tuple(dict.fromkeys(ids for one in chain for ids in one.requirements))
    return Scenario(id=name, title=title, actor=actor, steps=tuple(steps), requirements=requirements, assumed=True)
