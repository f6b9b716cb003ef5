"""What is allowed in a blueprint and hardly ever meant: paths without an entity, wrong entities, copied attributes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from designchord.blueprint.breaches import breach_of, is_rule
from designchord.blueprint.model import Blueprint, Operation
from designchord.blueprint.naming import fold, pascal, singular, split_words
from designchord.notation.problems import Problem

#: First words of paths that are no resources.
_NO_RESOURCE_WORDS: Final = """
admin api auth dashboard health home login logout me oauth password profile public register report search session
setting signin signout signup stat statistic summary token webhook
"""
_NO_RESOURCES: Final = frozenset(_NO_RESOURCE_WORDS.split())
#: Attributes that many entities may well have.
_USUAL_WORDS: Final = """
id name title label type kind status state description note memo content url image code order position quantity
amount price date created_at updated_at deleted_at created_by updated_by is_active
"""
_USUAL: Final = frozenset(_USUAL_WORDS.split())
_FEWEST_COPIES: Final = 3
_COPIED: Final = 0.6
_MOST_RULES: Final = 8


def find_oddities(blueprint: Blueprint) -> Iterator[Problem]:
    yield from _resources(blueprint)
    yield from _wrong_entities(blueprint)
    yield from _copies(blueprint)
    yield from _rules_for_breaches(blueprint)


def resources(path: str) -> list[str]:
    """The words of a path that stand for records, folded: what a parameter follows, and the first word."""
    parts = path.strip("/").split("/")
    found = [
        part
        for at, part in enumerate(parts)
        if not part.startswith("{") and (at == 0 or (at + 1 < len(parts) and parts[at + 1].startswith("{")))
    ]
    return [
        one for one in dict.fromkeys(map(fold, found)) if one not in _NO_RESOURCES and not re.fullmatch(r"v\d+", one)
    ]


def _resources(blueprint: Blueprint) -> Iterator[Problem]:
    known = {spelling for one in blueprint.entities for spelling in _spellings(one.name)}
    known |= {fold(one.id) for one in blueprint.actors}
    used: Counter[str] = Counter()
    for operation in blueprint.operations:
        for resource in resources(operation.path):
            if resource not in known:
                used[_written(operation, resource)] += 1
    for word, count in used.items():
        many = "1 operation is" if count == 1 else f"{count} operations are"
        name = pascal(" ".join((*split_words(word)[:-1], singular(split_words(word)[-1]))))
        yield Problem(
            code="blueprint.resource_without_entity",
            severity="warning",
            message=f"{many} about /{word}, but there is no such entity.",
            hint=f"Add the entity {name} with its attributes, or use the path of the entity that is meant.",
        )


def _wrong_entities(blueprint: Blueprint) -> Iterator[Problem]:
    # A whole name wins over the last word of another: ``/items`` is about Item beside OrderItem.
    by_spelling = {fold(split_words(one.name)[-1]): one.name for one in blueprint.entities}
    by_spelling |= {fold(one.name): one.name for one in blueprint.entities}
    for operation in blueprint.operations:
        named = [by_spelling[one] for one in resources(operation.path) if one in by_spelling]
        if operation.entity and named and operation.entity not in named and not _is_sub_resource(operation):
            yield Problem(
                code="blueprint.wrong_entity",
                severity="warning",
                message=f"{operation.id} works on {operation.entity}, but its path is that of {named[-1]}.",
                hint=f"Say `entity` {named[-1]}, or give it a path of {operation.entity}.",
            )


def _is_sub_resource(operation: Operation) -> bool:
    """``/tools/{tool_id}/reserve`` and ``/tools/{tool_id}/loans`` may make something that the path does not name."""
    return not operation.path.endswith("}") and "{" in operation.path


def _copies(blueprint: Blueprint) -> Iterator[Problem]:
    holders: dict[str, list[str]] = {}
    for entity in blueprint.entities:
        for attribute in entity.attributes:
            if attribute.key == "none" and attribute.name not in _USUAL and not attribute.assumed:
                holders.setdefault(attribute.name, []).append(entity.name)
    copied = {name: of for name, of in holders.items() if len(of) >= _FEWEST_COPIES}
    copied = {name: of for name, of in copied.items() if len(of) >= _COPIED * len(blueprint.entities)}
    if copied:
        names = sorted({name for of in copied.values() for name in of})
        yield Problem(
            code="blueprint.copied_attribute",
            severity="warning",
            message=f"{', '.join(sorted(copied))} stand at nearly every entity: {', '.join(names)}.",
            hint="Keep each at the entity that it describes.",
        )


def _rules_for_breaches(blueprint: Blueprint) -> Iterator[Problem]:
    """A refusal says when something is wrong; what always holds is the rule and not its breach."""
    said = [(f"{one.id} is refused", reason) for one in blueprint.operations for _, reason in one.errors]
    said += [(f"A branch of {one.id}", step.when) for one in blueprint.scenarios for step in one.steps if step.when]
    rules = {reason: where for where, reason in reversed(said) if is_rule(reason)}
    for reason, where in list(rules.items())[::-1][:_MOST_RULES]:
        yield Problem(
            code="blueprint.rule_for_breach",
            severity="warning",
            message=f"{where} for “{reason}”, which says what holds and not when it is broken.",
            hint=f"Say the breach, such as “{breach_of(reason)}”.",
        )


def _spellings(name: str) -> tuple[str, str]:
    """``ToolLoan`` is also found under ``/loans``."""
    return fold(name), fold(split_words(name)[-1])


def _written(operation: Operation, resource: str) -> str:
    return next(part for part in operation.path.split("/") if fold(part) == resource)
