"""What both languages are read into: mentions of things, and acts upon them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from designchord.language.lexicon import AttributeWord, Concept, Verb, lexicon

#: How an act stands in its sentence: as what is said (``main``), as what it depends on (``condition``, or ``trigger``
#: when a person's act opens a WHEN clause), as a description of a noun (``modifier``), as what the system lets happen
#: (``effect``), or as what it is for (``purpose``).
Mood = Literal["main", "trigger", "condition", "modifier", "effect", "purpose"]
Role = Literal["topic", "object", "owner", "place", "means", "with", "bare"]


@dataclass(slots=True, eq=False)
class Mention:
    """A thing, a person or an attribute, as the author wrote it and as designs call it.

    ``name`` is PascalCase for things and people, snake_case for attributes. ``concept`` is set for what the
    catalogue knows; ``guessed`` marks a name that had to be spelled out from an unknown word, ``counted`` one that
    stands where only a thing can: in the plural, or behind an article or a number; ``agent`` one that is built like a
    word for people and does something. ``values`` are those that stand in brackets behind an attribute.
    """

    name: str
    label: str
    kind: Literal["thing", "person", "attribute"]
    role: Role
    start: int
    concept: Concept | None = None
    attribute: AttributeWord | None = None
    owner: Mention | None = None
    guessed: bool = False
    known_word: bool = False
    plural: bool = False
    counted: bool = False
    agent: bool = False
    values: tuple[str, ...] = ()

    @property
    def is_entity(self) -> bool:
        return self.kind != "attribute"


@dataclass(slots=True, eq=False)
class Act:
    """Something done: the verb, who does it and to what.

    ``unread`` holds the words of an object that names nothing that is known: whatever the verb makes then, it is not
    some other thing.
    """

    verb: Verb
    start: int
    word: str
    object: Mention | None = None
    subject: Mention | None = None
    target: Mention | None = None
    also: list[Mention] = field(default_factory=list)
    nominal: bool = False
    mood: Mood = "main"
    soft: bool = False
    unread: str = ""

    @property
    def objects(self) -> list[Mention]:
        """What the act is done to, coordinated objects included (``댓글과 좋아요를 남긴다``)."""
        return [mention for mention in (*self.also, self.object) if mention is not None]


def pay_sums(parse: Parse) -> None:
    """A word for a sum of money that is charged or paid is the amount of that, and no expense of its own."""
    for act in parse.acts:
        made = lexicon().concepts.get(act.verb.makes)
        if made is None or not made.money:
            continue
        sums = [one for one in act.objects if one.concept is not None and one.concept.sum]
        if act.object in sums:
            parse.mentions = [one for one in parse.mentions if one not in sums]
            for other in parse.acts:  # who sees what was charged sees that
                other.also = [one for one in other.also if one not in sums]
                other.object = other.object if other.object not in sums else None


def tells(act: Act) -> bool:
    """Whether an act tells somebody something: ``notify the parent``, ``알림을 보낸다``."""
    sent = act.verb.act == "send" and any(m.concept is not None and m.concept.told for m in act.objects)
    return act.verb.act == "notify" or sent


@dataclass(slots=True)
class Parse:
    """A sentence as it was understood."""

    text: str
    language: Literal["ko", "en", "other"]
    mentions: list[Mention] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)

    @property
    def entities(self) -> list[Mention]:
        return [mention for mention in self.mentions if mention.is_entity]
