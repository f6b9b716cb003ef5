"""A blueprint from what a model says in stages and what rules read in the same text: the union of both.

The things that rules found are there from the beginning; a model adds what the text speaks of beside them, says what
belongs to what and which call fulfils which requirement. Paths, ids, keys and the steps of stories are composed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from designchord.blueprint import staging
from designchord.blueprint.grounding import speaks_of
from designchord.blueprint.model import Blueprint, Brief, Requirement
from designchord.blueprint.naming import camel, fold, pascal, snake
from designchord.blueprint.reading import Fields, Reader
from designchord.blueprint.staging import PLAIN_TYPES, Stage
from designchord.blueprint.vocabulary import SYSTEM_NAMES
from designchord.drafter.telling import Telling
from designchord.drafter.translating import english_of
from designchord.ideas.matching import Searched
from designchord.language import naming
from designchord.language.deeds import deeds_in
from designchord.language.lexicon import lexicon
from designchord.language.tagging import Tagger, Token

#: Requirements that one question is about; more make a small model lose count.
_AT_ONCE: Final = 8
_MOST_ENTITIES: Final = 24
_TOKENS_A_THING: Final = 120
#: How much of a reason must stand in the demand that it is given for, and how short it is none.
_GIVEN: Final = 0.75
_NO_REASON: Final = 3
#: What a verb says of a call where the model's choice says something else.
_DEEDS: Final = {"list": "list", "search": "list", "update": "change", "delete": "delete"}
_MAKING: Final = frozenset({"join", "charge", "sign"})


@dataclass(slots=True)
class _Call:
    id: str
    method: str
    path: str
    summary: str
    actor: str
    entity: str
    returns: str
    requirements: list[str] = field(default_factory=list)
    #: The status of each reason.
    refused: dict[str, int] = field(default_factory=dict)

    def fields(self) -> Fields:
        return {
            "id": self.id,
            "method": self.method,
            "path": self.path,
            "summary": self.summary,
            "actor": self.actor,
            "entity": self.entity,
            "returns": self.returns,
            "errors": [[status, reason] for reason, status in self.refused.items()],
            "requirements": self.requirements,
        }


def _deed(one: Mapping[str, Any], demand: str) -> str:
    """What a call does: by the demand, where all that it asks for is to read; by its verb, where that is known and says
    so; else by the model's choice."""
    chosen, word = str(one.get("does") or ""), str(one.get("verb") or "").strip().lower()
    if chosen != "read" and {deed.act for deed in deeds_in(demand)} in ({"list"}, {"search"}):
        return "list"
    verb = lexicon().verbs_en.get(word)
    if verb is None or (verb.act == "list" and chosen == "read" and word != "list"):
        return chosen
    if verb.act == "action":  # who joins makes something, who cancels changes it
        return "act" if verb.state and verb.name not in _MAKING else chosen
    if verb.act == "create" and chosen == "change":  # to record a damage makes a report
        return "create"
    return _DEEDS.get(verb.act, chosen)


#: What a noun stands behind.
_BEFORE_NOUNS: Final = frozenset({"det", "poss", "number"})


def _is_told_of(words: Sequence[Token], at: int) -> bool:
    """Whether a word is an adjective there, or a participle that stands for no thing."""
    one = words[at]
    participle = one.low.endswith("ed") and len(one.low) > 4
    return one.tag == "adj" or (participle and not (at and words[at - 1].tag in _BEFORE_NOUNS))


class StagedBlueprint:
    """What is known so far, and what is asked next. ``added`` are the entities that the model did not name."""

    def __init__(self, brief: Brief, requirements: Sequence[Requirement], drafted: Blueprint) -> None:
        self._brief = brief
        self._telling = Telling(brief.language, lambda name: self._entities.get(name, name))
        self._asked = [one for one in requirements if one.kind == "functional"]
        self._speaks_of = speaks_of(brief)
        self._drafted = drafted
        self._reader = Reader(english_of)
        self._summary = ""
        self._actors = {one.id: one.label for one in drafted.actors if self._speaks_of(one.id, one.label)}
        self._external = {one.id for one in drafted.actors if one.kind == "external"}
        self._entities = {one.name: one.label for one in drafted.entities if not one.assumed}
        self._by_rules = dict.fromkeys(self._entities)
        self._attributes: dict[str, list[Fields]] = {}
        self._relations: dict[frozenset[str], Fields] = {}
        self._calls: dict[tuple[str, str], _Call] = {}
        self._stories: list[Fields] = []

    def stages(self) -> Iterator[Stage]:
        """Each next question, to be taken before the one after it is asked for."""
        yield Stage("things", staging.things_schema(), self._take_things, 1_500, needed=not self._entities)
        if not self._entities or not self._actors:
            return
        names, actors = list(self._entities), list(self._actors)
        told = {"entities": ", ".join(f"{name} ({label})" for name, label in self._entities.items())}
        told["actors"] = ", ".join(f"{name} ({label})" for name, label in self._actors.items())
        room = 400 + _TOKENS_A_THING * len(names)
        for few in (self._asked[at : at + _AT_ONCE] for at in range(0, len(self._asked), _AT_ONCE)):
            demands = "\n".join(f"{one.id} {' '.join(one.text.split())}" for one in few)
            schema = staging.operations_schema(few, names, actors)
            tokens = 400 + 2 * _TOKENS_A_THING * len(few)
            yield Stage("operations", schema, self._take_calls, tokens, {**told, "demands": demands})
        if len(names) > 1:
            yield Stage("relations", staging.relations_schema(names), self._take_relations, room, told)
        bare = [name for name in names if not self._described(name)]
        if bare:
            of = {"entities": ", ".join(f"{name} ({self._entities[name]})" for name in bare)}
            yield Stage("attributes", staging.attributes_schema(bare), self._take_attributes, room, of)
        if self._calls:
            calls = [call.id for call in self._calls.values()]
            lines = "\n".join(f"{call.id}: {call.summary}" for call in self._calls.values())
            schema = staging.stories_schema(calls, actors)
            yield Stage("stories", schema, self._take_stories, 1_000, {"calls": lines})

    def fields(self) -> Fields:
        """What is known by now, in the form in which a model would have answered at once."""
        return {
            "title": self._brief.title,
            "summary": self._summary,
            "actors": [
                {"id": name, "label": label, "kind": "external" if name in self._external else "person"}
                for name, label in self._actors.items()
            ],
            "entities": [
                {"name": name, "label": label, "attributes": [*self._described(name), *self._attributes.get(name, [])]}
                for name, label in self._entities.items()
            ],
            "relations": list(self._all_relations()),
            "operations": [call.fields() for call in self._calls.values()],
            "scenarios": self._stories or self._own_stories(),
        }

    @property
    def by_rules(self) -> tuple[str, ...]:
        """The entities that rules alone found."""
        return tuple(self._by_rules)

    # What the model said

    def _take_things(self, said: Mapping[str, Any]) -> None:
        self._summary = self._reader.text(said.get("summary"), 500)
        for one in self._reader.items(said.get("actors"), "actors"):
            self._take_name(one, "actor", self._actors)
        for one in self._reader.items(said.get("entities"), "entities"):
            name = self._take_name(one, "entity", self._entities)
            self._by_rules.pop(name, None)

    def _take_name(self, one: object, what: str, taken: dict[str, str]) -> str:
        """A thing under the name that it has already, or under its own; nothing that the text does not speak of."""
        if not isinstance(one, dict):
            return ""
        label = self._reader.text(one.get("label"), 200)
        name = self._reader.name(one.get("name"), pascal, what, len(taken) + 1, label, taken)
        spellings = {fold(name), fold(label)} - {""}
        for known, known_label in taken.items():
            # A word of another script with words before it is that word: what rules read in it they read already.
            is_head = not label.isascii() and label.endswith(f" {known_label}")
            if known_label == label or is_head or spellings & {fold(known), fold(known_label)}:
                return known
        own = fold(self._brief.title) in spellings or bool(spellings & SYSTEM_NAMES.keys())
        own = own or self._is_property(label or name) or (what == "entity" and self._is_state(label or name))
        if own or name in SYSTEM_NAMES.values() or len(taken) >= _MOST_ENTITIES or not self._speaks_of(name, label):
            return ""
        taken[name] = label or name
        return name

    def _is_property(self, label: str) -> bool:
        """Whether it is a thing that is known and what such a thing has: the name of a patient is no entity."""
        before, _, last = " ".join(naming.split_words(label) if label.isascii() else label.split()).rpartition(" ")
        words, last = lexicon(), last.lower()
        if last in words.en or last in words.ko or not (last in words.attributes_en or last in words.attributes_ko):
            return False
        things = (spelling for pair in (*self._entities.items(), *self._actors.items()) for spelling in pair)
        return fold(before) in {fold(thing) for thing in things}

    def _is_state(self, label: str) -> bool:
        """Whether a word only says how another thing is, wherever it stands: overdue loans, came back damaged."""
        word = label.lower()
        if not word.isascii() or " " in word or word in lexicon().en:
            return False
        uses = [(words, at) for words in self._sentences for at, one in enumerate(words) if one.low == word]
        return bool(uses) and all(_is_told_of(words, at) for words, at in uses)

    @cached_property
    def _sentences(self) -> list[list[Token]]:
        """What of the text is English, a list of words for each line."""
        lines = f"{self._brief.content}\n{self._brief.requirements}".splitlines()
        return [Tagger().read(line) for line in lines if line.isascii()]

    def _take_relations(self, said: Mapping[str, Any]) -> None:
        for one in self._reader.items(said.get("relations"), "relations"):
            source, target = (one.get("one"), one.get("many")) if isinstance(one, dict) else ("", "")
            if source in self._entities and target in self._entities and source != target:
                fields = {"source": source, "target": target, "cardinality": "one_to_many"}
                self._relations.setdefault(frozenset((source, target)), fields)

    def _take_attributes(self, said: Mapping[str, Any]) -> None:
        pointing = {f"{snake(name)}_id" for name in self._entities} | {"id"}
        for name, value in said.items():
            if name not in self._entities:
                continue
            found = [one for one in self._reader.items(value, "attributes", key="name") if isinstance(one, dict)]
            self._attributes[name] = [
                {"name": known, "label": label, "type": one["type"] if one.get("type") in PLAIN_TYPES else "string"}
                for one in found
                for known, label in [self._attribute_name(str(one.get("name") or "").strip(), self._entities[name])]
                if known and known not in pointing
            ]

    def _attribute_name(self, written: str, owner: str) -> tuple[str, str]:
        """Its name and its label; empty for what is an entity, or has no English name."""
        own = written.removeprefix(owner).strip() or written
        if fold(own) in {fold(spelling) for pair in self._entities.items() for spelling in pair}:
            return "", ""
        return (snake(own), "") if own.isascii() else (snake(english_of(own)), own)

    def _take_calls(self, said: Mapping[str, Any]) -> None:
        ids = {one.id for one in self._asked}
        for number, value in said.items():
            for one in self._reader.items(value, "operations") if number in ids else []:
                if isinstance(one, dict) and one.get("entity") in self._entities:
                    self._take_call(one, number)

    def _take_call(self, one: Mapping[str, Any], number: str) -> None:
        demand = next(asked.text for asked in self._asked if asked.id == number)
        wanted = self._forbidden(demand, number) or self._composed(one, demand)
        call = self._calls.setdefault((wanted.method, wanted.path), wanted)
        call.refused = {**wanted.refused, **call.refused}
        if number not in call.requirements:
            call.requirements.append(number)
        reason = self._reader.text(one.get("refused_when"), 300)
        # A small model fills every place; a reason that the demand itself does not give is none.
        if len(reason) > _NO_REASON and not wanted.refused and Searched(demand).share(reason) >= _GIVEN:
            call.refused.setdefault(reason, 409)

    def _forbidden(self, demand: str, number: str) -> _Call | None:
        """The call that a demand forbids which does nothing but refuse, where rules read which: a small model makes up
        another for it."""
        if deeds_in(demand):
            return None
        for one in self._drafted.operations:
            if number in one.requirements and one.entity in self._entities and one.errors:
                actor = one.actor if one.actor in self._actors else next(iter(self._actors), "")
                call = _Call(one.id, one.method, one.path, one.summary, actor, one.entity, one.returns)
                call.refused = {reason: status for status, reason in one.errors}
                return call
        return None

    def _composed(self, one: Mapping[str, Any], demand: str) -> _Call:
        entity, deed = str(one["entity"]), _deed(one, demand)
        plural = naming.plural("-".join(word.lower() for word in naming.split_words(entity)))
        several, single = f"/{plural}", f"/{plural}/{{{snake(entity)}_id}}"
        verb = "-".join(naming.split_words(str(one.get("verb") or ""))[:2]).lower() or "process"
        method, path, name, returns = {
            "create": ("POST", several, ("create", entity), "one"),
            "list": ("GET", several, ("list", naming.plural(snake(entity))), "page"),
            "read": ("GET", single, ("get", entity), "one"),
            "change": ("PATCH", single, ("update", entity), "one"),
            "delete": ("DELETE", single, ("delete", entity), "none"),
        }.get(deed, ("POST", f"{single}/{verb}", (verb, entity), "one"))
        actor = one.get("actor") if one.get("actor") in self._actors else next(iter(self._actors), "")
        summary = self._reader.text(one.get("summary"), 200)
        return _Call(camel(" ".join(name)), method, path, summary or camel(" ".join(name)), str(actor), entity, returns)

    def _take_stories(self, said: Mapping[str, Any]) -> None:
        by_id = {call.id: call for call in self._calls.values()}
        for one in self._reader.items(said.get("stories"), "scenarios"):
            if not isinstance(one, dict):
                continue
            calls = [by_id[name] for name in dict.fromkeys(map(str, one.get("calls") or ())) if name in by_id]
            actor = one.get("actor") if one.get("actor") in self._actors else None
            if calls:
                self._stories.append(self._story(self._reader.text(one.get("title"), 200), calls, actor))

    # What rules add

    def _described(self, name: str) -> list[Fields]:
        """What rules know of an entity beside its keys."""
        entity = self._drafted.entity(name)
        kept = [one for one in entity.attributes if one.key == "none"] if entity is not None else []
        return [one.model_dump(mode="json", exclude_defaults=True) for one in kept]

    def _all_relations(self) -> Iterator[Fields]:
        """Where both know of one, rules know better which side has several."""
        drafted = {frozenset((one.source, one.target)): one for one in self._drafted.relations}
        for ends, one in drafted.items():
            if ends <= self._entities.keys():
                yield one.model_dump(mode="json", exclude_defaults=True)
        yield from (fields for ends, fields in self._relations.items() if ends not in drafted)

    def _own_stories(self) -> list[Fields]:
        """Without a model's choice each of the first changes is a story."""
        calls = [call for call in self._calls.values() if call.method != "GET"] or list(self._calls.values())
        return [self._story(call.summary, [call], None) for call in calls[:4]]

    def _story(self, title: str, calls: Sequence[_Call], actor: str | None) -> Fields:
        actor = actor or calls[0].actor
        steps = [step for call in calls for step in self._telling.steps(call.fields(), actor)]
        return {
            "id": "-".join(naming.split_words(calls[0].id)).lower(),
            "title": title or calls[0].summary,
            "actor": actor,
            "steps": steps,
            "requirements": list(dict.fromkeys(number for call in calls for number in call.requirements)),
        }
