"""How sure it is that a part of a design fulfils the requirement that is named for it.

*Said*: the requirement's words speak of the thing and of what is done with it. *Inferred*: of one of the two.
*Undecided*: of neither; whoever named it may be right, but nobody has checked it. Only what is said counts as covered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from designchord.blueprint.model import Entity, Operation, Requirement, Scenario
from designchord.ideas.matching import Searched, content_words
from designchord.language.deeds import keeps, rules_in
from designchord.language.meaning import meant_by

Grade = Literal["said", "inferred", "undecided"]

#: The share of a phrase's words that must stand in a requirement.
_SAID: Final = 0.5
#: What the drafter's dictionaries call acts that change nothing.
_READING: Final = frozenset({"list", "get", "search", "view"})
_ORDER: Final[tuple[Grade, ...]] = ("said", "inferred", "undecided")


def best(grades: list[Grade]) -> Grade | None:
    return min(grades, key=_ORDER.index, default=None)


def grade_operation(requirement: Requirement, operation: Operation, entity: Entity | None) -> Grade:
    """By its summary, its id, or a reason for which it is refused; who only reads refuses nothing."""
    text = requirement.text
    things = frozenset(content_words(f"{entity.name} {entity.label}")) if entity is not None else frozenset()
    spoken_of = entity is None or any(_share(text, word) for word in things)
    phrases = [operation.summary, operation.id]
    grade = best([*(_grade(text, phrase, things) for phrase in phrases), *_refusing(text, operation, things)])
    grade = grade or "undecided"
    if operation.method == "GET" and meant_by(text) & _READING and spoken_of:
        grade = "said"  # who sees, finds or checks something is shown it, one or all
    return grade if grade != "said" or spoken_of else "inferred"


def _refusing(text: str, operation: Operation, things: frozenset[str]) -> list[Grade]:
    """By the reasons for which it is refused: they repeat the rule, so it must be what the rule forbids as well."""
    if operation.method == "GET":
        return []
    rules = rules_in(text)
    if any(keeps(operation, rule, text) for rule in rules):
        return ["said"]
    told = [_grade(text, reason, things) for _, reason in operation.errors if reason]
    return ["inferred" if one == "said" else one for one in told] if rules else told


def grade_scenario(requirement: Requirement, scenario: Scenario) -> Grade:
    """A story fulfils what its title says, or one of its messages."""
    phrases = [scenario.title, *(step.message for step in scenario.steps), *(step.when for step in scenario.steps)]
    return best([_grade(requirement.text, phrase, frozenset()) for phrase in phrases if phrase]) or "undecided"


def grade_entity(requirement: Requirement, entity: Entity) -> Grade:
    shares = [_share(requirement.text, phrase) for phrase in (entity.label, entity.name)]
    return "said" if max(shares) >= _SAID else "undecided"


def _grade(text: str, phrase: str, things: frozenset[str]) -> Grade:
    words = content_words(phrase)
    if not any(_share(text, word) for word in words):
        return "undecided"
    done = [word for word in words if word not in things]
    agrees = not done or any(_share(text, word) for word in done)
    return "said" if agrees and _share(text, phrase) >= _SAID else "inferred"


@lru_cache(maxsize=16384)
def _share(text: str, phrase: str) -> float:
    """Asked again and again: by every operation of an entity, and by each report of a design."""
    return _searched(text).share(phrase)


@lru_cache(maxsize=1024)
def _searched(text: str) -> Searched:
    """A requirement's own words, and in English what they mean."""
    return Searched(f"{text}\n{' '.join(sorted(meant_by(text)))}")
