"""A model's answer to a request for a change: read into operations, checked, kept to what the request speaks of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from designchord.blueprint import answering
from designchord.blueprint.changes.applying import apply
from designchord.blueprint.changes.consequences import expand, next_requirement
from designchord.blueprint.changes.differing import diff
from designchord.blueprint.changes.model import Add, Change, Operations, Remove, Rename, tell_all
from designchord.blueprint.changes.places import LISTS, find, has, key_of, said
from designchord.blueprint.model import Blueprint, Brief
from designchord.blueprint.naming import fold, split_words
from designchord.blueprint.normalising import Normaliser
from designchord.notation.answer import find_value
from designchord.notation.problems import Fix, Problem

_KEYS: Final = frozenset({"rename", "remove", "attributes", "change", "add", "question"})
#: Words of a request for less, whatever it is that goes.
_LESS: Final = re.compile(
    r"\b(?:remove|delete|drop|without|no longer|get rid|simplif\w+|merge|combine|replace\w*|instead|only|less|fewer)\b"
    r"|\b(?:shrink|reduce|cut)\b|빼|삭제|제거|없애|없이|대신|합치|합쳐|간단|단순|줄이|줄여|만 남",
    re.IGNORECASE,
)
#: Characters of a question that is asked back.
_QUESTION: Final = 500
_ADDED: Final = ("actor", "requirement", "entity", "relation", "operation", "scenario")
_CHANGED: Final = frozenset(
    {
        "summary",
        "section",
        "actor",
        "entity",
        "request",
        "filters",
        "returns",
        "errors",
        "requirements",
        "label",
        "title",
    }
)


@dataclass(frozen=True, slots=True)
class ChangeCandidate:
    """What an answer came to. ``source`` tells the operations, a line each; ``question``: what it asks back instead."""

    source: str
    operations: Operations = ()
    fixes: tuple[Fix, ...] = ()
    problems: tuple[Problem, ...] = ()
    wanting: tuple[Problem, ...] = ()
    question: str = ""

    @property
    def acceptable(self) -> bool:
        return bool(self.operations or self.question) and not any(one.severity == "error" for one in self.problems)


def read_change(
    answer: str,
    before: Blueprint,
    brief: Brief,
    words: str,
    *,
    translate: Callable[[str], str] | None = None,
    may_ask: bool = False,
) -> ChangeCandidate:
    """The operations of an answer to a request in ``words``. A whole blueprint, where one comes all the same, counts as
    its difference from the present one, as far as the request speaks of it. Who ``may_ask`` may do so instead."""
    found = find_value(answer)
    if not isinstance(found.value, dict):
        return _refused("change.not_found", "The answer holds no JSON object.", "Answer with one JSON object.")
    raw: dict[str, Any] = found.value
    if not _KEYS & raw.keys() and {"entities", "operations"} <= raw.keys():
        operations, fixes = _of_whole(answer, before, brief, words, translate)
    else:
        reading = _Reading(before, brief, words, translate)
        operations, fixes = tuple(reading.operations(raw)), tuple(reading.fixes)
    question = raw.get("question")
    if not operations and may_ask and isinstance(question, str) and question.strip():
        asked = " ".join(question.split())[:_QUESTION]
        return ChangeCandidate(asked, fixes=fixes, question=asked)
    if not operations:
        hint = "Say what is to be added, changed, renamed or removed, by the names of the list."
        return _refused("change.empty", "The answer changes nothing.", hint)
    written = expand(before, operations)
    applied = apply(before, written)
    problems = tuple(
        Problem(code=one.code, severity="error", message=f"{tell_all([written[one.index]]).strip()}: {one.message}")
        for one in applied.refused
    )
    return ChangeCandidate(tell_all(operations), operations, fixes, problems)


def describe(blueprint: Blueprint) -> str:
    """What is there, a line a thing, for a model to name it by."""
    lines = [f"title: {blueprint.title}"]
    lines += [f"actor {one.id}: {one.label}" for one in blueprint.actors]
    lines += [f"{one.id} {one.priority}: {one.text}" for one in blueprint.requirements]
    for entity in blueprint.entities:
        fields = ", ".join(f"{one.name}: {one.type}{'' if one.required else '?'}" for one in entity.attributes)
        lines.append(f"entity {entity.name} ({entity.label}): {fields}")
    lines += [f"relation {one.source} {one.cardinality} {one.target}" for one in blueprint.relations]
    for call in blueprint.operations:
        about = ", ".join(filter(None, (call.entity, call.actor)))
        lines.append(f"operation {call.id}: {call.method} {call.path} ({about}) {call.summary}")
    lines += [f"scenario {one.id}: {one.title}" for one in blueprint.scenarios]
    lines.append(f"next free requirement: {next_requirement(blueprint)}")
    return "\n".join(lines)


def _refused(code: str, message: str, hint: str) -> ChangeCandidate:
    return ChangeCandidate("", problems=(Problem(code=code, severity="error", message=message, hint=hint),))


class _Reading:
    def __init__(self, before: Blueprint, brief: Brief, words: str, translate: Callable[[str], str] | None) -> None:
        self._before, self._words = before, words
        self._normaliser = Normaliser(brief, before.requirements, words, translate)

    @property
    def fixes(self) -> list[Fix]:
        return self._normaliser.fixes

    def operations(self, raw: Mapping[str, Any]) -> Iterator[Any]:
        yield from self._renamed(_mapping(raw.get("rename")))
        fields = self._whole(raw)
        known = {what: {key_of(what, one) for one in getattr(self._before, LISTS[what])} for what in _ADDED}
        yield from self._added(fields, known)
        yield from self._attributes(fields, set(_mapping(raw.get("attributes"))))
        yield from self._changed(fields, _mapping(raw.get("change")))
        for name in _names(raw.get("remove")):
            yield from self._removed(name)

    def _whole(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The present blueprint with all that the answer adds and changes, as the blueprint's own reader has it."""
        whole: dict[str, Any] = json.loads(answering.dump(self._before))
        whole.pop("former", None)
        for name, items in _mapping(raw.get("add")).items():
            if isinstance(items, list) and isinstance(whole.setdefault(name, []), list):
                whole[name] += items
        for entity in whole.get("entities", []):
            for name, lines in _mapping(raw.get("attributes")).items():
                if isinstance(entity, dict) and fold(str(entity.get("name"))) == fold(name) and isinstance(lines, list):
                    entity["attributes"] = [*entity.get("attributes", []), *lines]
        for name, changed in _mapping(raw.get("change")).items():
            for one in [*whole.get("operations", []), *whole.get("scenarios", [])]:
                if isinstance(one, dict) and one.get("id") == name and isinstance(changed, dict):
                    one |= {key: value for key, value in changed.items() if key in _CHANGED}
        return self._normaliser.normalise(whole)

    def _renamed(self, names: Mapping[str, Any]) -> Iterator[Any]:
        for old, new in names.items():
            what = self._sort(old)
            if what in ("entity", "actor", "operation", "attribute", "scenario") and isinstance(new, str):
                yield Rename(what=what, id=old, to=new.rpartition(".")[2])  # type: ignore[arg-type]

    def _added(self, fields: Mapping[str, Any], known: Mapping[str, set[str]]) -> Iterator[Any]:
        now = self._before
        for what in _ADDED:
            seen: dict[str, int] = {}
            for one in fields[LISTS[what]]:
                name = f"{one['source']}-{one['target']}" if what == "relation" else one.get("name") or one["id"]
                seen[name] = seen.get(name, 0) + 1
                if name in known[what]:
                    continue
                value = {key: item for key, item in one.items() if item not in (None, "", [], False)}
                value |= {key: item for key, item in one.items() if item is False and key == "required"}
                if what in ("entity", "operation", "scenario") and not self._spoken(one):
                    value["assumed"] = True
                if what == "requirement" and any(each.id == name for each in now.former):
                    value["id"] = next_requirement(now)
                yield Add(what=what, value=value)

    def _spoken(self, one: Mapping[str, Any]) -> bool:
        """Whether the request speaks of a thing, by a word of its name or its label."""
        name = str(one.get("name") or one.get("id") or "")
        label = str(one.get("label") or one.get("summary") or one.get("title") or "")
        return speaks_of(self._words, name, label)

    def _attributes(self, fields: Mapping[str, Any], owners: set[str]) -> Iterator[Any]:
        wanted = {fold(name) for name in owners}
        for one in fields["entities"]:
            entity = self._before.entity(one["name"])
            if entity is None or fold(entity.name) not in wanted:
                continue
            had = {each.name for each in entity.attributes}
            for attribute in one["attributes"]:
                if attribute["name"] not in had:
                    value = {key: item for key, item in attribute.items() if item not in (None, "", [])}
                    if not self._spoken(attribute):
                        value["assumed"] = True
                    yield Add(what="attribute", owner=entity.name, value=value)

    def _changed(self, fields: Mapping[str, Any], changes: Mapping[str, Any]) -> Iterator[Any]:
        for what in ("operation", "scenario"):
            for one in fields[LISTS[what]]:
                if one["id"] not in changes or not has(self._before, what, one["id"]):
                    continue
                thing = find(self._before, what, one["id"]).thing
                asked = changes[one["id"]]
                names = [name for name in asked if name in _CHANGED and name in one] if isinstance(asked, dict) else []
                now = said(thing, names)
                becomes = {name: json.loads(json.dumps(one[name])) for name in names}
                changed = {name: value for name, value in becomes.items() if value != now[name]}
                if changed:
                    yield Change(what=what, id=one["id"], set=changed, was={name: now[name] for name in changed})

    def _removed(self, name: str) -> Iterator[Any]:
        """What the request names, or anything where it asks for less; a small model also removes what it overlooked."""
        what = self._sort(name)
        if what is None:
            return
        thing = find(self._before, what, name).thing
        label = next((str(getattr(thing, one)) for one in ("label", "summary", "title") if hasattr(thing, one)), "")
        if _LESS.search(self._words) or speaks_of(self._words, name, label):
            yield Remove(what=what, id=name)  # type: ignore[arg-type]
        else:
            self._normaliser.fixed("unasked", f"The request does not speak of {name}, which the answer takes out.")

    def _sort(self, name: str) -> str | None:
        sorts = (
            ("attribute",) if "." in name else ("entity", "operation", "scenario", "actor", "requirement", "relation")
        )
        return next((what for what in sorts if has(self._before, what, name)), None)


def _of_whole(
    answer: str, before: Blueprint, brief: Brief, words: str, translate: Callable[[str], str] | None
) -> tuple[Operations, tuple[Fix, ...]]:
    candidate = answering.read(answer, brief, before.requirements, wish=words, translate=translate)
    if candidate.blueprint is None:
        return (), candidate.fixes
    after = candidate.blueprint.model_copy(update={"former": before.former})
    kept: list[Any] = []
    for one in diff(before, after):
        name = one.id if hasattr(one, "id") else str(one.value.get("name") or one.value.get("id") or "")
        told = " ".join(str(value) for value in (getattr(one, "value", None) or {}).values() if isinstance(value, str))
        if one.do != "move" and speaks_of(words, f"{name} {getattr(one, 'owner', '')}", told):
            kept.append(one)
    return tuple(kept), candidate.fixes


def speaks_of(words: str, name: str, label: str) -> bool:
    """Whether a request has a word of a name or of a label in it."""
    spoken = {fold(word) for word in split_words(words)}
    if any(fold(word) in spoken for word in split_words(name) if len(word) > 2):
        return True
    folded = words.casefold()
    return any(word.casefold() in folded for word in label.split() if len(word) > 1)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _names(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
