"""Is a blueprint about its author's idea? What of it the text speaks of, and what a model is told when it does not.

Everything here compares words with words, in any language; what only a thesaurus can know comes in as ``known`` names.
A *said* thing stands in the text, an *inferred* one rests on a requirement or on things that are said, the rest is
*assumed*: asked about once, and then marked and listed for the author to confirm or to strike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeVar

from designchord.blueprint.idea import Row, joined_rows
from designchord.blueprint.model import Actor, Assumption, Attribute, Blueprint, Brief, Entity, Operation
from designchord.blueprint.naming import fold
from designchord.ideas.language import detect_language
from designchord.ideas.likeness import alike
from designchord.ideas.matching import Searched, content_words
from designchord.notation.problems import Problem, Severity

Grade = Literal["said", "inferred", "assumed"]

#: A name or label is said when this share of its words stands in the text.
_SAID: Final = 0.5
#: Naming more than this share of the requirements (and at least so many) is naming none.
_SHOTGUN: Final = 0.6
_SHOTGUN_LEAST: Final = 4
_SHOTGUN_REPEATED: Final = 3
#: One operation for so many functional requirements is too few; of fewer requirements nothing is said.
_PER_OPERATION: Final = 4
#: Letters that a text must have before its language can be judged by its letters, and by its words.
_LETTERS: Final = 12
_LETTERS_OF_WORDS: Final = 300
_MAX_TOLD: Final = 12
#: Different words that a text must have to say what a design may hold.
_FEWEST_WORDS: Final = 15
#: Where a stand-in drafted by rules is in the right language, nothing in another one is taken.
_WRITTEN_BY_RULES: Final = frozenset({"ko", "en"})

_CYRILLIC, _ARABIC = "\u0400-\u04ff", "\u0600-\u06ff"
_SCRIPT: Final = {
    "ko": "\uac00-\ud7a3\u3131-\u318e",
    "ja": "\u3040-\u30ff\u4e00-\u9fff",
    "zh": "\u4e00-\u9fff",
    "ru": _CYRILLIC,
    "uk": _CYRILLIC,
    "bg": _CYRILLIC,
    "el": "\u0370-\u03ff",
    "he": "\u0590-\u05ff",
    "ar": _ARABIC,
    "fa": _ARABIC,
    "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
}


_ASSUMED: Final = ("Assumed, for the text does not speak of it", "글에 없어 있다고 가정함")
_SPELLED: Final = ("Spelled by its sound, for want of an English name", "영어 이름을 몰라 소리대로 적음")

_Thing = TypeVar("_Thing", Entity, Operation)


@dataclass(frozen=True, slots=True)
class Grounds:
    """``grade`` of one thing, and where the text speaks of it: ``row`` is the line, ``rule`` how it was recognised."""

    grade: Grade
    rule: Literal["word", "meant", "named", "joins", "assumed"]
    row: Row | None = None
    requirement: str = ""


def speaks_of(brief: Brief) -> Callable[[str, str], bool]:
    """Whether an author's text speaks of something, by its name or by its label."""
    text = Searched("\n".join(row.text for row in joined_rows(brief)))
    return lambda name, label: any(text.share(phrase) >= _SAID for phrase in (label, name) if phrase)


class Grounding:
    """A blueprint beside the text that it was made from. ``known`` gives the names that rules find in the text's words;
    it is asked at the first thing whose own words do not stand there."""

    def __init__(
        self, blueprint: Blueprint, brief: Brief, *, known: Callable[[], Collection[str]] = tuple, wish: str = ""
    ) -> None:
        self.blueprint = blueprint
        self.brief = brief
        self.rows = [*joined_rows(brief), *(Row(line) for line in wish.split("\n") if line)]
        self._text = Searched("\n".join(row.text for row in self.rows))
        self._find_known = known
        self._requirements = {one.id: one for one in blueprint.requirements}
        # Words of two languages cannot be held against each other: nothing is said then, and nothing is loose.
        own = f"{brief.content}\n{brief.requirements}"
        self._translated = (
            sum(_letters(own)) >= _LETTERS and detect_language(own) != brief.language.split("-")[0].lower()
        )

    @cached_property
    def _known(self) -> set[str]:
        return {fold(name) for name in self._find_known()}

    # What grounds a thing

    def of_actor(self, actor: Actor) -> Grounds:
        return self._spoken_of(actor.id, actor.label) or Grounds("assumed", "assumed")

    def of_entity(self, entity: Entity) -> Grounds:
        return (
            self._spoken_of(entity.name, entity.label)
            or self._named(entity.requirements)
            or self._joins(entity, self._spoken_of)
            or self._worked_on(entity)
            or Grounds("assumed", "assumed")
        )

    def of_attribute(self, attribute: Attribute) -> Grounds | None:
        """Where the text speaks of it; most attributes need no ground."""
        return self._spoken_of(attribute.name, attribute.label) if attribute.label else None

    def of_operation(self, operation: Operation) -> Grounds:
        """An operation's summary nearly always names its entity: only a requirement, or two of its words, ground it."""
        named = self._named(operation.requirements)
        if named is not None:
            return named
        words = content_words(operation.summary)
        said = len(words) > 1 and self._text.share(operation.summary) == 1
        return self._at("said", "word", operation.summary) if said else Grounds("assumed", "assumed")

    def _spoken_of(self, name: str, label: str) -> Grounds | None:
        phrase = self._phrase(name, label)
        if phrase:
            return self._at("said", "word", phrase)
        return Grounds("said", "meant") if self._is_meant(name) else None

    def _phrase(self, name: str, label: str) -> str:
        """Whichever of the two stands in the text."""
        return next((phrase for phrase in (label, name) if self._text.share(phrase) >= _SAID), "")

    def _is_meant(self, name: str) -> bool:
        """Whether the text has another word for it. Finding that out takes long: ask for what stands there first."""
        return fold(name) in self._known

    def _named(self, ids: Sequence[str]) -> Grounds | None:
        """By a requirement that is named for it; who names nearly all of them names none."""
        known = [one for one in ids if one in self._requirements]
        if not known or self._is_shotgun(known):
            return None
        requirement = self._requirements[known[0]]
        place = self._at("inferred", "named", requirement.text)
        return Grounds("inferred", "named", place.row, requirement.id)

    def _is_shotgun(self, known: Sequence[str]) -> bool:
        """Nearly all of the requirements, or the same many of them again and again."""
        if len(known) < _SHOTGUN_LEAST:
            return False
        return len(known) > _SHOTGUN * len(self._requirements) or self._repeated[frozenset(known)] >= _SHOTGUN_REPEATED

    @cached_property
    def _repeated(self) -> Counter[frozenset[str]]:
        counts = Counter(frozenset(one.requirements) for one in self.blueprint.operations)
        return counts + Counter(frozenset(one.requirements) for one in self.blueprint.entities)

    def _joins(self, entity: Entity, is_said: Callable[[str, str], object]) -> Grounds | None:
        """A junction of two things that are said needs no word of its own."""
        ends = {one.references for one in entity.attributes if one.references and one.references != entity.name}
        said = [end for end in ends if (other := self.blueprint.entity(end)) and is_said(other.name, other.label)]
        return Grounds("inferred", "joins") if len(said) > 1 else None

    def _worked_on(self, entity: Entity) -> Grounds | None:
        found = (self._named(one.requirements) for one in self.blueprint.operations if one.entity == entity.name)
        return next((grounds for grounds in found if grounds is not None), None)

    def _at(self, grade: Grade, rule: Literal["word", "named"], phrase: str) -> Grounds:
        line = self._text.line(phrase)
        return Grounds(grade, rule, self.rows[line - 1] if line else None)

    # What a model is told

    def problems(self) -> tuple[Problem, ...]:
        """What to ask again for, errors being what no design may have."""
        found = [self._language(), self._title(), self._other_project, self._uncovered(), self._size()]
        return tuple(problem for problem in [*found, *self._ungrounded()] if problem is not None)

    @property
    def _own_words(self) -> str:
        """What the model itself wrote for people to read."""
        made = self.blueprint
        texts = [made.title, made.summary, *(one.label for one in made.actors), *(one.label for one in made.entities)]
        texts += [one.summary for one in made.operations]
        texts += [text for one in made.scenarios for text in (one.title, *(step.message for step in one.steps))]
        return "\n".join(texts)

    def is_in_language(self) -> bool:
        """Whether what people read is in the language asked for."""
        return self._language() is None

    def _language(self) -> Problem | None:
        wanted = self.brief.language.split("-")[0].lower()
        wrong = [what for what, text in self._texts() if not _is_in(text, wanted)]
        if not _is_in(self._own_words, wanted):
            message = f"The texts that people read are not in the language asked for ({self.brief.language})."
            severity: Severity = "error" if wanted in _WRITTEN_BY_RULES else "warning"
            return _told(
                "grounding.language", severity, message, "Write every title, label, summary and message in it."
            )
        if wrong:
            message = f"Not in the language asked for ({self.brief.language}): {_list(wrong)}."
            return _told("grounding.language", "warning", message, "Write them in that language.")
        return None

    def _texts(self) -> list[tuple[str, str]]:
        made = self.blueprint
        named = [("the summary", made.summary)]
        if _is_in(self.brief.title, self.brief.language.split("-")[0].lower()):
            named.append(("the title", made.title))
        return named

    def _has_own_title(self) -> bool:
        title = self.blueprint.title
        return alike(title, self.brief.title) >= _SAID or self._text.share(title) >= _SAID

    def _title(self) -> Problem | None:
        title, own = self.blueprint.title, self.brief.title
        if self._translated or self._has_own_title() or not _same_script(title, own):
            return None
        message = f"The title “{title}” is not that of the idea."
        return _told("grounding.title", "warning", message, f"The idea's title is “{own}”.")

    @cached_property
    def _is_short(self) -> bool:
        """Whether the text says so little that a design must hold more than it: then that is marked and not told."""
        return len(content_words(f"{self.brief.content} {self.brief.requirements}")) < _FEWEST_WORDS

    @cached_property
    def _other_project(self) -> Problem | None:
        """Whether nothing that the blueprint names stands in the text."""
        made = self.blueprint
        if self._translated or any(self._phrase(one.name, one.label) for one in made.entities):
            return None
        own = content_words(f"{made.title} {made.summary}")
        if self._has_own_title() or (len(own) > 3 and self._text.share(" ".join(own)) > _SAID):
            return None
        if any(self._is_meant(one.name) for one in made.entities):
            return None
        names = [f"{one.name} ({one.label})" for one in made.entities]
        message = f"This is not a design of the idea: its text speaks of none of {_list(names)}."
        severity: Severity = "warning" if self._is_short else "error"
        return _told(
            "grounding.other_project", severity, message, "Design what the idea between the marked lines says."
        )

    def _uncovered(self) -> Problem | None:
        made = self.blueprint
        lists = [one.requirements for one in made.operations] + [one.requirements for one in made.scenarios]
        named = {one for ids in lists if not self._is_shotgun(ids) for one in ids}
        left = [one for one in made.requirements if one.kind == "functional" and one.id not in named]
        if not left:
            return None
        told = _list([f"{one.id} ({_short(one.text)})" for one in left])
        message = f"No operation and no scenario names these requirements: {told}."
        return _told("grounding.uncovered", "warning", message, "Name each at what fulfils it; add what is missing.")

    def _size(self) -> Problem | None:
        made = self.blueprint
        asked = sum(one.kind == "functional" for one in made.requirements)
        if asked < _PER_OPERATION or len(made.operations) * _PER_OPERATION > asked:
            return None
        message = (
            f"{len(made.operations)} operations for {asked} requirements: the design is far too small for the text."
        )
        return _told(
            "grounding.too_small", "warning", message, "Write the entities and operations that all of them need."
        )

    def _ungrounded(self) -> list[Problem]:
        made = self.blueprint
        things = [f"{one.name} ({one.label})" for one in made.entities if not one.assumed and self._is_loose(one)]
        actors = [f"{one.id} ({one.label})" for one in made.actors if one.kind == "external" and self._is_loose(one)]
        if self._is_short or not (things or actors):
            return []
        message = f"The text does not speak of {_list([*things, *actors])}, and no requirement needs them."
        hint = 'Take out what the idea does not need; write `"assumed": true` where the design cannot do without.'
        return [_told("grounding.ungrounded", "warning", message, hint)]

    def _is_loose(self, one: Entity | Actor) -> bool:
        if self._translated:
            return False
        if isinstance(one, Actor):
            return not self._phrase(one.id, one.label) and not self._is_meant(one.id)
        grounded = (
            self._phrase(one.name, one.label)
            or self._named(one.requirements)
            or self._worked_on(one)
            or self._joins(one, self._phrase)
        )
        return not grounded and self.of_entity(one).grade == "assumed"

    def _is_loose_call(self, one: Operation) -> bool:
        return self.of_operation(one).grade == "assumed" and not self._translated

    # What stays

    def marked(self, romanised: Mapping[str, str]) -> Blueprint:
        """The blueprint with what has no ground marked as assumed and listed, and with a title of its idea."""
        made = self.blueprint
        entities = tuple(_assumed(one) if self._is_loose(one) else one for one in made.entities)
        operations = tuple(_assumed(one) if self._is_loose_call(one) else one for one in made.operations)
        actors = [one for one in made.actors if one.kind == "external" and self._is_loose(one)]
        gone = {one.name for one in entities if one.assumed}
        loose = [(f"entity:{one.name}", one.label) for one in entities if one.assumed]
        loose += [(f"actor:{one.id}", one.label) for one in actors]
        loose += [(f"operation:{one.id}", one.summary) for one in operations if one.assumed and one.entity not in gone]
        loose += [(f"name:{one.name}", one.label) for one in entities if one.name in romanised]
        return made.model_copy(
            update={
                "title": self.brief.title[:200] if self._title() is not None else made.title,
                "entities": entities,
                "operations": operations,
                "assumptions": self._listed(loose),
            }
        )

    def _listed(self, loose: Sequence[tuple[str, str]]) -> tuple[Assumption, ...]:
        listed = list(self.blueprint.assumptions)
        about = " ".join(one.about for one in listed)
        taken = {one.id for one in listed}
        korean = self.brief.language.lower().startswith("ko")
        for target, label in loose:
            if re.search(rf"{re.escape(target)}\b", about) or len(listed) >= 200:
                continue
            number = next(count for count in range(1, 10_000) if f"A{count}" not in taken)
            taken.add(f"A{number}")
            text = (
                f"글에 없어 있다고 가정함: {label}"
                if korean
                else f"Assumed, for the text does not speak of it: {label}"
            )
            listed.append(Assumption(id=f"A{number}", text=text[:200], about=target))
        return tuple(listed)


def _assumed(one: _Thing) -> _Thing:
    return one if one.assumed else one.model_copy(update={"assumed": True})


def _told(code: str, severity: Severity, message: str, hint: str) -> Problem:
    return Problem(code=code, severity=severity, message=message, hint=hint)


def _list(items: Sequence[str]) -> str:
    more = f" and {len(items) - _MAX_TOLD} more" if len(items) > _MAX_TOLD else ""
    return ", ".join(items[:_MAX_TOLD]) + more


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def _letters(text: str) -> tuple[int, int]:
    """How many Latin letters a text has, and how many of other scripts."""
    if text.isascii():
        return sum(map(str.isalpha, text)), 0
    latin = sum(char.isalpha() and char < "\u0250" for char in text)
    return latin, sum(char.isalpha() for char in text) - latin


def _is_in(text: str, language: str) -> bool:
    """Whether a text may well be in a language: by its script, and where there is enough of it by its small words."""
    latin, other = _letters(text)
    if latin + other < _LETTERS:
        return True
    script = _SCRIPT.get(language)
    if script is not None:
        own = len(re.findall(f"[{script}]", text))
        return own * 4 >= latin + other  # names of products and formats may well be Latin
    if other > latin:
        return False
    return latin + other < _LETTERS_OF_WORDS or detect_language(text) == language


def _same_script(one: str, other: str) -> bool:
    first, second = _letters(one), _letters(other)
    return (first[0] >= first[1]) == (second[0] >= second[1])
