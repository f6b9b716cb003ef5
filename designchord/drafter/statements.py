"""From a page to statements: what is demanded, what fails when, and what is only said around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from designchord.blueprint.model import Priority, Requirement
from designchord.drafter.structure.fields import find_fields
from designchord.ideas.language import detect_language, sentence_language
from designchord.ideas.page import Line, Page, sentences
from designchord.ideas.requirements import Demand
from designchord.ideas.sections import is_aside
from designchord.language.compounds import give_values, put_back, without_values
from designchord.language.cues import shows
from designchord.language.english import English
from designchord.language.japanese import parse_other
from designchord.language.korean import Korean
from designchord.language.rules import parts_of, refuses
from designchord.language.words import Parse
from designchord.notation.particles import settle_particles

MAX_PARSED = 600
#: The languages whose sentences are read; of the others only the form of the page is.
READ = frozenset({"ko", "en"})

_NUMBER = re.compile(r"^\s*(?:[A-Z]{1,5}[-_. ]?\d+(?:[-.]\d+)*|\d+(?:[-.]\d+)*)[:.)]?\s+")


# Where a demand is kept as well: ``(Issue #12)``.
_REFERENCE = re.compile(
    r"\((?:(?:gitlab|github|jira) )?(?:issue|ticket)? ?#\d+\)"
    r"|\b(?:see )?(?:gitlab |github |jira )?issue \[?(?:issue:|#)?\d+\]?",
    re.IGNORECASE,
)

# ``…하는 기능을 제공한다`` says that somebody does it.
_FEATURE = re.compile(
    r"하는\s*(?:API|기능|서비스|화면|페이지)\s*(?:[을를]\s*(?:작성|구현|개발|제작|제공|추가|만든|만들)\S*|이 있\S*|$)"
)
# ``사서: 악보를 관리한다`` says who does it.
_WHO = re.compile(r"\s*([가-힣]{2,10})\s*[:：]\s*(?=[가-힣].{3,}다\.?$)")
# ``I'd like to`` says what ``I would like to`` does.
_WISHED = re.compile(r"\b(I|we|you|they|he|she)['’]d(?= (?:like|love|want|rather)\b)", re.IGNORECASE)
# ``습득물 등록 기능`` is what is done, and that it is a feature.
_NAMED = re.compile(r"(?<=[가-힣])\s+(?:기능|화면|페이지)\s*\.?$")


@dataclass(slots=True, eq=False)
class Statement:
    """One sentence, read. ``requirement`` is set when it demands something."""

    line: Line
    parse: Parse
    requirement: Requirement | None = None
    failure: bool = False
    heading: bool = False
    title: bool = False
    row: bool = False
    aside: bool = False
    parent: Statement | None = None
    covered: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        return self.parse.text

    @property
    def speaks(self) -> bool:
        """Whether it says what people do: a demand, or prose in which somebody does something to a thing."""
        if shows("example", self.text):
            return False
        if self.requirement is not None:
            return self.requirement.kind == "functional"
        if self.heading or self.aside or self.line.shape != "paragraph" or shows("itself", self.text):
            return False
        acts = [act for act in self.parse.acts if act.verb.act != "quiet" and act.mood == "main"]
        return any(act.subject is not None and act.objects for act in acts)


class Reader:
    """Reads a page sentence by sentence with the analyser of the sentence's language."""

    def __init__(self, page: Page, terms: dict[str, str] | None = None) -> None:
        self._page = page
        text = "\n".join(line.text for line in page.lines)
        self._korean = Korean(text, terms)
        self._english = English(text)
        # What is no English is not read as if it were: its words would become names.
        self._foreign = detect_language(text) not in READ
        self._parsed = 0

    def parse(self, text: str, *, role: bool = False) -> Parse:
        """Read a sentence; what stands in a list of values or of fields names those, not things.

        ``role``: what stands before a colon is somebody who does what stands behind it.
        """
        who = _WHO.match(_NUMBER.sub("", text)) if role or ":" in text else None
        known = self._korean.lexicon.ko.get(who.group(1)) if who is not None else None
        if who is not None and (role or (known is not None and known.person)):
            parse = self._parse(settle_particles(f"{who.group(1)}은(는) {_NUMBER.sub('', text)[who.end() :]}"))
            first = next(iter(parse.mentions), None)
            if first is not None and first.start == 0:
                first.kind, first.agent = "person", True
        else:
            parse = self._parse(text)
        parse.text = text
        return parse

    def _parse(self, text: str) -> Parse:
        plain = _REFERENCE.sub(lambda found: " " * len(found.group()), _NUMBER.sub("", text))
        plain = _NAMED.sub("", _FEATURE.sub("한다.", _WISHED.sub(r"\1 would", plain)))[:600]
        left, values = without_values(plain)
        parse = self._read_sentence(left)
        if values and give_values(parse, values):
            put_back(parse, plain, values)
            parse.text = plain
        elif values:
            parse = self._read_sentence(plain)
        start, parse.fields = find_fields(parse.text)
        if parse.fields:
            parse.mentions = [mention for mention in parse.mentions if mention.start < start]
            for act in parse.acts:
                act.also = [mention for mention in act.also if mention in parse.mentions]
                act.object = act.object if act.object in parse.mentions else None
        return parse

    def _read_sentence(self, text: str) -> Parse:
        language = sentence_language(text)
        self._parsed += 1
        if self._parsed > MAX_PARSED:
            return Parse(text, "other")
        if language == "other" or (language == "en" and self._foreign):
            return parse_other(text)
        return self._korean.parse(text) if language == "ko" else self._english.parse(text)

    def read(self, requirements: Sequence[tuple[Demand, Requirement]]) -> list[Statement]:
        """The statements of the page; those of a requirement's words carry it."""
        demanded: dict[int, list[tuple[Demand, Requirement]]] = {}
        for demand, requirement in requirements:
            demanded.setdefault(demand.line, []).append((demand, requirement))
        found: list[Statement] = []
        above: list[Statement] = []
        alone = sum(line.shape == "heading" and line.depth == 1 for line in self._page.lines) == 1
        for line in self._page.lines:
            aside = line.quoted or any(_is_aside(title) for title in line.section)
            own = demanded.get(line.number, [])
            if line.shape == "heading":
                aside = aside or _is_aside(line.text)
                title = not found and line.depth == 1 and alone
                made = [Statement(line, self.parse(line.text), heading=True, title=title, aside=aside)]
            elif line.shape == "row":
                made = self._row(line, own, aside)
            else:
                role = any(shows("roles", title) for title in line.section[-1:])
                made = [Statement(line, self.parse(text, role=role), aside=aside) for text in _parts(line.text)]
            for statement in made:
                _require(statement, own)
            found += made
            if line.shape == "item" and made:
                above = [statement for statement in above if statement.line.depth < line.depth]
                for statement in made:
                    statement.parent = above[-1] if above and above[-1].line.section == line.section else None
                above.append(made[-1])
        return found

    def _row(self, line: Line, demanded: Sequence[tuple[Demand, Requirement]], aside: bool) -> list[Statement]:
        if demanded:
            texts = [text for demand, _ in demanded for text in _parts(demand.text)]
            return [Statement(line, self.parse(text), aside=aside, row=True) for text in texts]
        return [Statement(line, self.parse(cell), aside=aside) for cell in line.cells if len(cell) > 1]


def _is_aside(title: str) -> bool:
    return is_aside(title) or shows("aside", title) is not None


def _parts(text: str) -> list[str]:
    """The sentences of a line; of one that says what is done and what is refused, both."""
    return [part for sentence in sentences(text) for part in parts_of(sentence)]


def _require(statement: Statement, demanded: Sequence[tuple[Demand, Requirement]]) -> None:
    """Give a sentence the requirement whose words it is, with the kind that its words show."""
    own = next(
        (found for demand, found in demanded if statement.text in demand.text or demand.text in statement.text), None
    )
    if own is None:
        return
    statement.aside = False
    statement.failure = _is_failure(statement)
    statement.requirement = own.model_copy(
        update={"kind": _kind(statement, own), "priority": _priority(statement, own)}
    )


def _is_failure(statement: Statement) -> bool:
    near = statement.line.section[-1:]
    return refuses(statement.text) or any(shows("failure_section", title) for title in near)


def _kind(statement: Statement, requirement: Requirement) -> Literal["functional", "quality", "constraint"]:
    text = statement.text
    if requirement.kind == "quality":
        return "quality"
    if shows("excluded", text):
        return "constraint"
    doing = any(act.verb.act != "quiet" and act.subject is not None for act in statement.parse.acts)
    if shows("technology", text) and not doing:
        return "constraint"
    if requirement.kind == "constraint" and not statement.failure and not statement.parse.acts:
        return "constraint"
    return "quality" if shows("quality", text) else "functional"


def _priority(statement: Statement, requirement: Requirement) -> Priority:
    return "should" if requirement.priority == "must" and shows("should", statement.text) else requirement.priority
