"""The author's requirements, numbered by code, and what a model says about them.

A model classifies what was numbered and adds what the text demands beyond it. It cannot change an author's words, lose
a requirement or bring one along: what it leaves out is there all the same, what it adds must stand in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from designchord.blueprint import compact
from designchord.blueprint.model import Brief, Requirement
from designchord.blueprint.reading import LIMITS, Fields, Reader, pick, plain, shorten
from designchord.blueprint.vocabulary import PRIORITIES, REQUIREMENT_KINDS
from designchord.ideas.likeness import alike, contained

#: From here on two texts are the same demand, in other words or with other signs.
_SAME: Final = 0.6
#: How much of an added demand must stand in the author's text.
_IN_TEXT: Final = 0.75


class RequirementList:
    """The requirements of one blueprint while it is read. ``author`` is ``None`` where nobody numbered any before."""

    def __init__(self, reader: Reader, brief: Brief, author: Sequence[Requirement] | None, wish: str = "") -> None:
        self._reader = reader
        # Of a new version the author has seen what there was; only the wish can add to it.
        self._text = wish or "\n".join((brief.title, brief.content, brief.requirements))
        self._numbered = author is not None
        self._found: dict[str, Fields] = {}
        #: Each spelling of an id in the answer → the requirement that is meant.
        self._ids: dict[str, str] = {}
        for one in (author or ())[: LIMITS["requirements"]]:
            self._found[one.id] = one.model_dump()
            self._ids[plain(one.id)] = one.id

    def read(self, value: object) -> list[Fields]:
        """The fields of all requirements: the author's first and in their order, then what was added."""
        for item in self._reader.items(value, "requirements"):
            fields = self._item(item)
            if fields is not None:
                self._take(fields)
        return list(self._found.values())

    def meant(self, written: object) -> str | None:
        """The requirement that an id in the answer stands for."""
        return self._ids.get(plain(written))

    def named(self, value: object, where: str) -> list[str]:
        """The requirements that a thing of the answer says it meets; ``where`` is the thing, for the notes."""
        if isinstance(value, str):
            value = re.split(r"[,\s]+", value)
        known: dict[str, None] = {}
        for item in self._reader.items(value, "requirements"):
            written = str(pick(item, "id") if isinstance(item, dict) else item)
            name = self.meant(written)
            if name is None:
                self._reader.dropped(f"The {where} names requirement {shorten(written)}, which does not exist.")
            else:
                known[name] = None
        return list(known)

    def _item(self, item: object) -> Fields | None:
        if isinstance(item, str):
            return compact.read_requirement(item) or {"text": item}
        return self._reader.read_item(item, compact.read_requirement, "requirement")

    def _take(self, fields: Fields) -> None:
        written = str(fields.get("id") or "")
        text = self._reader.text(pick(fields, "text", "description", "title", "name"), 2000)
        known = self._known(written, text)
        if known is not None:
            self._classify(self._found[known], fields)
            self._remember(known, written, fields)
        elif not text:
            self._reader.dropped(f"Requirement {shorten(written) or '?'} has no text and is not among the numbered.")
        elif self._numbered and contained(text, self._text) < _IN_TEXT:
            self._reader.dropped(f"A requirement that the text does not hold: {shorten(text)}")
        elif len(self._found) >= LIMITS["requirements"]:
            self._reader.fixed("limit", f"There are {LIMITS['requirements']} requirements already; more are left out.")
        else:
            self._add(written, text, fields)

    def _known(self, written: str, text: str) -> str | None:
        """Which of the numbered is spoken of: by its words where there are words, else by its id."""
        if not self._numbered:
            return None
        by_id = self._ids.get(plain(written))
        if not text or _only_classifies(text):
            return by_id
        best = max(self._found, key=lambda one: alike(text, str(self._found[one]["text"])), default=None)
        return best if best is not None and alike(text, str(self._found[best]["text"])) >= _SAME else None

    def _add(self, written: str, text: str, fields: Fields) -> None:
        number = re.search(r"[0-9]{1,4}$", written.strip())
        name = f"R{int(number[0])}" if number else ""
        if not name or name in self._found:
            name = next(f"R{count}" for count in range(1, 9999) if f"R{count}" not in self._found)
        if name != written:
            self._reader.fixed("requirement_id", f"Requirement '{shorten(written) or '?'}' is {name} now.")
        self._remember(name, written, fields)
        self._ids.setdefault(plain(name), name)
        section = self._reader.text(pick(fields, "section", "category", "group"), 2000)
        self._found[name] = {"id": name, "text": text, "kind": "functional", "priority": "must", "section": section}
        self._classify(self._found[name], fields)

    def _remember(self, name: str, written: str, fields: Fields) -> None:
        """The answer's own numbers count for its references, also where they are others than ours."""
        for spelling in (written, f"{fields.get('kind', '')}{written}"):
            if not plain(spelling):
                continue
            if self._numbered:
                self._ids[plain(spelling)] = name
            else:
                self._ids.setdefault(plain(spelling), name)

    def _classify(self, requirement: Fields, fields: Fields) -> None:
        """What rules read out of the author's words stays; the model says the rest."""
        kind = REQUIREMENT_KINDS.get(plain(fields.get("kind") or fields.get("type")), "functional")
        priority = PRIORITIES.get(plain(fields.get("priority") or "must"), "must")
        if _only_classifies(fields.get("text")):
            for word in map(plain, str(fields["text"]).split()):
                kind, priority = REQUIREMENT_KINDS.get(word, kind), PRIORITIES.get(word, priority)
        if requirement["kind"] == "functional":
            requirement["kind"] = kind
        if requirement["priority"] == "must":
            requirement["priority"] = priority


def _only_classifies(text: object) -> bool:
    """Whether a text is nothing but words such as ``must`` and ``quality``."""
    words = [plain(word) for word in str(text or "").split()]
    return bool(words) and all(word in PRIORITIES or word in REQUIREMENT_KINDS for word in words)
