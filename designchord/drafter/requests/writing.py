"""From what a sentence asks for to operations on a blueprint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from designchord.blueprint import compact
from designchord.blueprint.changes import Add, Change, Remove, Rename, Replace, Retire, apply, expand, next_requirement
from designchord.blueprint.model import Blueprint
from designchord.blueprint.naming import fold
from designchord.blueprint.vocabulary import TYPES
from designchord.drafter.requests.naming import Named, find, find_calls, sought, unknown, unquoted
from designchord.drafter.translating import english_of
from designchord.errors import BadInput
from designchord.language import naming
from designchord.language.lexicon import lexicon

_TYPES = (
    (r"_(?:at|time)$|datetime", "datetime"),
    (r"(?:^|_)(?:date|day|on|deadline|birthday)$", "date"),
    (
        r"(?:^|_)(?:count|quantity|amount_of|number_of|stock|age|rating|score|capacity|position|year"
        r"|level)$",
        "integer",
    ),
    (r"(?:^|_)(?:price|amount|fee|cost|total|balance|rate|weight|deposit|fine)$", "decimal"),
    (r"^(?:is|has|can|active|enabled|archived|deleted|verified|paid)(?:_|$)", "boolean"),
    (r"(?:^|_)email$", "email"),
    (r"(?:^|_)(?:url|link|website)$", "url"),
    (r"(?:^|_)(?:description|comment|note|notes|body|content|memo)$", "text"),
    (r"(?:^|_)(?:photo|image|picture|file|attachment)$", "file"),
)


#: A name of more words is none.
_NAME_WORDS = 4


class Writing:
    """Writes operations about a blueprint, as the sentences before left it."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint

    def carry_out(self, operations: Sequence[Any]) -> None:
        self.blueprint = apply(self.blueprint, expand(self.blueprint, operations)).blueprint

    # What a sentence is about.

    def thing(self, words: str, *sorts: str) -> Named:
        return find(self.blueprint, words, sorts)

    def sought(self, words: str, *sorts: str) -> Named | None:
        return sought(self.blueprint, words, sorts)

    # What it asks for.

    def rename(self, words: str, to: str, *sorts: str) -> list[Any]:
        found = self.thing(words, *(sorts or ("entity", "actor", "operation", "section", "attribute", "scenario")))
        to, given = _with_name(unquoted(to))
        if found.what != "operation":
            _short(to)
        if found.what == "section":
            return [Rename(what="section", id=found.id, to=to)]
        if found.what == "scenario":  # its id names a diagram with a history
            return [Change(what="scenario", id=found.id, set={"title": to}, was={"title": found.thing.title})]
        english = given or (to if to.isascii() else english_of(to))
        name = self._named(found.what, english)
        old = found.thing.name if found.what in ("entity", "attribute") else found.id
        written: list[Any] = []
        if name and name != old:
            written.append(Rename(what=found.what, id=found.id, to=name))  # type: ignore[arg-type]
        address = f"{found.owner}.{name or old}" if found.owner else name or old
        field = "summary" if found.what == "operation" else "label"
        label = getattr(found.thing, field)
        if (not to.isascii() and label != to) or (not written and label != to):
            written.append(Change(what=found.what, id=address, set={field: to}))  # type: ignore[arg-type]
        return written

    def _named(self, what: str, english: str) -> str:
        if what == "operation":
            return english if re.fullmatch(r"[a-z][A-Za-z0-9]*", english) else naming.camel(english)
        return naming.snake(english) if what == "attribute" else _pascal(english)

    def add_attributes(self, listed: str, entity: str) -> list[Any]:
        owner = self.thing(entity, "entity")
        own = {one.name for one in owner.thing.attributes}
        written: list[Any] = []
        for words in split_list(listed):
            value = self.attribute(words)
            if value["name"] in own:
                raise BadInput(f"{owner.id} has {value['name']} already.", code="request_done")
            own.add(value["name"])
            written.append(Add(what="attribute", owner=owner.id, value=value))
        return written

    def attribute(self, words: str) -> dict[str, Any]:
        """``due date``, ``condition: enum(good, worn)?``, ``optional note``, ``평점``."""
        words, optional, unique = _marks(unquoted(words))
        typed = re.fullmatch(r"(?P<t>\w+) (?:called |named )?(?P<n>[a-z]\w*_\w+)", words)
        if ":" not in words and typed and typed["t"].lower() in TYPES:
            words = f"{typed['n']}: {typed['t']}"
        listed = re.fullmatch(r"([^(:]+?)\s*\((\w+(?:\s*[/|,]\s*\w+)+)\)", words)
        if listed:  # ``role (lead/member)``
            words = f"{listed[1]}: enum({','.join(re.split(r'[^A-Za-z0-9_]+', listed[2].lower()))})"
        in_brackets = re.fullmatch(r"([^(:]+?)\s*\((\w+)\)", words)
        if in_brackets and in_brackets[2].lower() in TYPES:
            words = f"{in_brackets[1]}: {in_brackets[2]}"
        head, colon, rest = words.partition(":")
        label, given = _with_name(head.strip())
        english = given or (label if label.isascii() else english_of(label))
        name = naming.snake(_short(english)) if english else ""
        if not name:
            raise BadInput(
                f"What is “{head.strip()[:60]}” in English letters? Say it as {head.strip()[:60]}(english_name).",
                code="request_name_needed",
            )
        fields = (compact.read_attribute(f"{name}:{rest}") if colon else None) or {}
        kind = TYPES.get(str(fields.get("type", "")).lower()) or self._type(name, label)
        value: dict[str, Any] = {"name": name, "type": kind}
        if not label.isascii() or " " in label:
            value["label"] = label
        points = name if name.endswith("_id") else f"{name}_id"
        target = self._target(points) if kind in ("uuid", "string") and not colon else None
        if target:  # what is called as an entity is one of them
            value |= {"name": points, "type": "uuid", "key": "foreign", "references": target}
        if fields.get("values"):
            value["values"] = fields["values"]
        if optional or fields.get("required") is False:
            value["required"] = False
        if unique or fields.get("unique"):
            value["unique"] = True
        return value

    def _target(self, name: str) -> str | None:
        return next((one.name for one in self.blueprint.entities if fold(one.name) == fold(name[:-3])), None)

    def _type(self, name: str, label: str) -> str:
        words = lexicon()
        known = words.attributes_ko.get(label) if not label.isascii() else None
        if known is not None and known.type != "enum":
            return known.type
        return next((kind for pattern, kind in _TYPES if re.search(pattern, name)), "string")

    def add_entity(self, words: str, listed: str = "") -> list[Any]:
        label, given = _with_name(unquoted(words))
        english = _short(given or (label if label.isascii() else english_of(label)))
        name = _pascal(naming.singular(english.lower()) if english.islower() else english) if english else ""
        if not name:
            raise BadInput(
                f"What is “{label[:60]}” in English letters? Say it as {label[:60]}(EnglishName).",
                code="request_name_needed",
            )
        if self.sought(name, "entity") or self.sought(label, "entity"):
            raise BadInput(f"There is an entity {name} already.", code="request_done")
        key = {"name": "id", "type": "uuid", "key": "primary"}
        attributes = [key, *(self.attribute(one) for one in split_list(listed))]
        return [Add(what="entity", value={"name": name, "label": label, "attributes": attributes})]

    def add_actor(self, words: str) -> list[Any]:
        label, given = _with_name(unquoted(words))
        english = given or (label if label.isascii() else english_of(label))
        if not english:
            raise BadInput(
                f"What is “{label[:60]}” in English letters? Say it as {label[:60]}(EnglishName).",
                code="request_name_needed",
            )
        return [Add(what="actor", value={"id": _pascal(english), "label": label})]

    def remove(self, words: str, *sorts: str) -> list[Any]:
        found = self.thing(words, *(sorts or ("entity", "operation", "attribute", "scenario", "actor")))
        return [Remove(what=found.what, id=found.id)]  # type: ignore[arg-type]

    def set(self, words: str, **fields: Any) -> list[Any]:
        found = self.thing(words, "attribute")
        if "primary" in found.thing.key and "required" in fields:
            raise BadInput(f"{found.id} is a primary key.", code="request_impossible")
        changed = {name: value for name, value in fields.items() if getattr(found.thing, name) != value}
        if not changed:
            raise BadInput(f"{found.id} is so already.", code="request_done")
        return [Change(what="attribute", id=found.id, set=changed)]

    def retype(self, words: str, kind: str) -> list[Any] | None:
        fields = compact.read_attribute(f"x: {kind}") or {}
        known = TYPES.get(str(fields.get("type", "")).lower())
        if known is None or (known == "enum" and not fields.get("values")):
            return None
        values = list(fields.get("values") or ())
        found = self.thing(words, "attribute")
        changed: dict[str, Any] = {"type": known}
        if values or found.thing.values:
            changed["values"] = values
        return [Change(what="attribute", id=found.id, set=changed)]

    def relate(self, one: str, cardinality: str, other: str) -> list[Any]:
        source, target = self.thing(one, "entity"), self.thing(other, "entity")
        return [Add(what="relation", value={"source": source.id, "target": target.id, "cardinality": cardinality})]

    def unrelate(self, one: str, other: str) -> list[Any]:
        ends = {self.thing(one, "entity").id, self.thing(other, "entity").id}
        found = next((each for each in self.blueprint.relations if {each.source, each.target} == ends), None)
        if found is None:
            named = " – ".join(sorted(ends))
            raise BadInput(f"{named}: nothing joins them.", code="request_unknown", name=named)
        return [Remove(what="relation", id=f"{found.source}-{found.target}")]

    def allow_only(self, actor: str, calls: Sequence[Any], clause: str) -> list[Any] | None:
        """Nobody else may: the author's words become a requirement that these calls serve."""
        if not calls:
            return None
        who = self.sought(actor, "actor")
        written: list[Any] = []
        if who is None:
            written += self.add_actor(naming.singular(actor.lower()) if actor.isascii() else actor)
        name = who.id if who else written[0].value["id"]
        requirement = next_requirement(self.blueprint)
        written.append(Add(what="requirement", value={"id": requirement, "text": clause}))
        for call in calls:
            changed: dict[str, Any] = {"requirements": [*call.requirements, requirement]}
            if call.actor != name:
                changed["actor"] = name
            if not any(status == 403 for status, _ in call.errors):
                changed["errors"] = [*(list(one) for one in call.errors), [403, clause]]
            written.append(Change(what="operation", id=call.id, set=changed))
        return written

    def calls(self, verb: str, thing: str) -> list[Any]:
        return list(find_calls(self.blueprint, verb, thing))

    def replace_requirement(self, identifier: str, text: str) -> list[Any]:
        found = self.thing(identifier, "requirement")
        value = {"id": next_requirement(self.blueprint), "text": text.strip(), "kind": found.thing.kind}
        kept = {"priority": found.thing.priority, "section": found.thing.section}
        return [Replace(id=found.id, value=value | kept)]

    def retire_requirement(self, identifier: str, reason: str) -> list[Any]:
        return [Retire(id=self.thing(identifier, "requirement").id, reason=reason.strip())]

    def add_requirement(self, text: str) -> list[Any]:
        return [Add(what="requirement", value={"id": next_requirement(self.blueprint), "text": text.strip()})]

    def retitle(self, title: str) -> list[Any]:
        return [Change(what="design", set={"title": unquoted(title)})]

    def unknown(self, words: str, *sorts: str) -> BadInput:
        return unknown(self.blueprint, words, sorts)


class NotPlain(Exception):
    """What looked like a plain request is none."""


def _short(name: str) -> str:
    """Names are short; what is longer is a wish."""
    if len(name.split()) > _NAME_WORDS or re.search(r"\b(?:and|or|that|which|when|with|if|so)\b", name.lower()):
        raise NotPlain
    return name


def split_list(listed: str) -> list[str]:
    """``a, b and c``; brackets hold together."""
    parts = re.split(
        r"\s*,\s*(?:and\s+)?(?![^(]*\))|\s+and\s+(?![^(]*\))|\s*(?:와|과|,|및)\s+(?![^(]*\))", listed.strip()
    )
    return [part for part in parts if part.strip()]


def _marks(words: str) -> tuple[str, bool, bool]:
    """What is said of an attribute before or after its name."""
    optional = bool(re.search(r"\boptional\b|선택(?:적인)?\s", words, re.IGNORECASE))
    unique = bool(re.search(r"\bunique\b|고유(?:한)?\s|유일한\s", words, re.IGNORECASE))
    said = r"\(?\b(?:optional|unique|required|mandatory)\b\)?|(?:선택적인|선택|고유한|고유|유일한|필수)\s"
    return re.sub(r"\s+", " ", re.sub(said, " ", words, flags=re.IGNORECASE)).strip(), optional, unique


def _with_name(words: str) -> tuple[str, str]:
    """``고객(Customer)`` → the label and the English name."""
    match = re.fullmatch(r"([^()A-Za-z]*[가-힣][^()]*?)\s*\(([A-Za-z][\w ]*)\)", words)
    return (match[1].strip(), match[2].strip()) if match else (words, "")


def _pascal(english: str) -> str:
    return english if re.fullmatch(r"[A-Z][A-Za-z0-9]*", english) else naming.pascal(english)
