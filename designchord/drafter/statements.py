"""From a page to statements: what is demanded, what fails when, and what is only said around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from designchord.blueprint.model import Priority, Requirement
from designchord.drafter.cues import shows
from designchord.drafter.language.english import English
from designchord.drafter.language.japanese import parse_other
from designchord.drafter.language.korean import Korean
from designchord.drafter.language.words import Parse
from designchord.drafter.structure.given import is_route
from designchord.ideas.language import sentence_language
from designchord.ideas.page import Line, Page, sentences

MAX_REQUIREMENTS = 120
MAX_PARSED = 600

_RANKS: dict[str, Priority] = {"필수": "must", "must": "must", "high": "must", "상": "must", "p0": "must", "p1": "must",
    "권장": "should", "should": "should", "medium": "should", "중": "should", "p2": "should",
    "선택": "could", "could": "could", "won't": "could", "low": "could", "하": "could", "p3": "could"}  # fmt: skip


_NUMBER = re.compile(r"^\s*(?:[A-Z]{1,5}[-_. ]?\d+(?:[-.]\d+)*|\d+(?:[-.]\d+)*)[:.)]?\s+")


# ``…하는 기능을 제공한다`` says that somebody does it.
_FEATURE = re.compile(
    r"하는\s*(?:API|기능|서비스|화면|페이지)\s*(?:[을를]\s*(?:작성|구현|개발|제작|제공|추가|만든|만들)\S*|이 있\S*|$)"
)


# What somebody says or decides is no rule: ``singers say that they cannot come``, ``the seller accepts or rejects``.
_REPORTED = re.compile(
    r"\b(?:says?|tells?|announces?) (?:\w+ ){0,2}that .*"
    r"|\b(?:accept|approve|confirm)s? or (?:reject|decline|refuse)s?\b"
)


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


class Reader:
    """Reads a page sentence by sentence with the analyser of the sentence's language."""

    def __init__(self, page: Page, terms: dict[str, str] | None = None) -> None:
        self._page = page
        self._korean = Korean("\n".join(line.text for line in page.lines), terms)
        self._english = English("\n".join(line.text for line in page.lines))
        self._parsed = 0

    def parse(self, text: str) -> Parse:
        """Read a sentence; what stands in a list of states names states, not things."""
        parse = self._read_sentence(_FEATURE.sub("한다.", _NUMBER.sub("", text))[:600])
        if (states := shows("states", parse.text)) is not None:
            parse.mentions = [m for m in parse.mentions if not states.start(1) <= m.start < states.end(1)]
            parse.acts = [act for act in parse.acts if not states.start(1) <= act.start < states.end(1)]
        parse.text = text
        return parse

    def _read_sentence(self, text: str) -> Parse:
        language = sentence_language(text)
        self._parsed += 1
        if self._parsed > MAX_PARSED:
            return Parse(text, "other")
        if language == "other":
            return parse_other(text)
        return self._korean.parse(text) if language == "ko" else self._english.parse(text)

    def read(self) -> list[Statement]:
        found: list[Statement] = []
        above: list[Statement] = []
        alone = sum(line.shape == "heading" and line.depth == 1 for line in self._page.lines) == 1
        for line in self._page.lines:
            aside = line.quoted or any(shows("aside", title) for title in line.section)
            if line.shape == "heading":
                aside = aside or bool(shows("aside", line.text))
                title = not found and line.depth == 1 and alone
                found.append(Statement(line, self.parse(line.text), heading=True, title=title, aside=aside))
                continue
            if line.shape == "row":
                found += self._row(line, aside)
                continue
            made = [Statement(line, self.parse(text), aside=aside) for text in sentences(line.text)]
            found += made
            if line.shape == "item" and made:
                above = [statement for statement in above if statement.line.depth < line.depth]
                for statement in made:
                    statement.parent = above[-1] if above and above[-1].line.section == line.section else None
                above.append(made[-1])
        _demand(found)
        return found

    def _row(self, line: Line, aside: bool) -> list[Statement]:
        cells = [cell for cell in line.cells if len(cell) > 1]
        if shows("demand_table", " ".join(line.header)) and not shows("other_table", " ".join(line.header)):
            said = [cell for cell in cells if cell.lower() not in _RANKS and not _NUMBER.fullmatch(f"{cell} ")]
            if said:
                texts = sentences(": ".join(said))
                return [Statement(line, self.parse(text), aside=aside, row=True) for text in texts]
        return [Statement(line, self.parse(cell), aside=aside) for cell in cells]


def _demand(statements: list[Statement]) -> None:
    """Number the requirements: sentences that demand something, or when there are none, all that say something."""
    chosen = [statement for statement in statements if _demands(statement)]
    if sum(s.line.shape == "item" or s.row for s in chosen) < 3:
        chosen = [s for s in statements if _demands(s) or _tells(s)]
    else:
        chosen = [s for s in chosen if s.line.shape == "item" or s.row or not _is_overview(s)]
    if not chosen:
        chosen = [s for s in statements if not s.heading and not s.aside and len(s.text.split()) > 2][:20]
    seen: set[str] = set()
    for statement in chosen:
        key = re.sub(r"\W+", "", statement.text.lower())
        section = " / ".join(statement.line.section)
        if not key or (key + section) in seen or len(seen) >= MAX_REQUIREMENTS:
            continue
        seen.add(key + section)
        statement.failure = _is_failure(statement)
        statement.requirement = Requirement(
            id=f"R{len(seen)}",
            text=statement.text[:1900],
            kind=_kind(statement),
            priority=_priority(statement),
            section=section[:500],
        )


def _demands(statement: Statement) -> bool:
    if statement.row and not statement.aside:
        return True
    if statement.heading or statement.aside or statement.line.shape == "row" or is_route(statement.text):
        return False
    text = statement.text
    if len(text) < 4 or text.endswith((":", "：")):
        return False
    if shows("itself", text) and statement.line.shape != "item" and not _does_things(statement):
        return False
    if statement.parse.language == "other":
        return statement.line.shape == "item" or text.endswith("。")
    if statement.parse.language == "ko":
        demanding = bool(shows("demand_ko", text)) or (statement.line.shape == "item" and bool(statement.parse.acts))
        return demanding and (len(text) > 6)
    acts = [act for act in statement.parse.acts if act.verb.act != "quiet"]
    if statement.line.shape == "item":
        said = shows("demand_en", text) or shows("quality", text) or shows("technology", text) or acts
        return len(text.split()) >= 2 and bool(said)
    doing = any(act.mood in {"main", "trigger"} and (act.subject is not None or act.start < 12) for act in acts)
    return doing or bool(shows("demand_en", text) and acts) or bool(shows("failure", text) and statement.parse.entities)


def _does_things(statement: Statement) -> bool:
    """Whether a sentence about the whole names two or more things that are done."""
    acts = [act for act in statement.parse.acts if act.verb.act != "quiet" and act.mood == "main" and act.objects]
    return len(acts) >= 2


def _tells(statement: Statement) -> bool:
    """Whether a sentence of plain prose tells something of the things that are kept."""
    prose = statement.line.shape == "paragraph" and not statement.heading and not statement.aside
    return (
        prose
        and bool(statement.parse.entities and statement.parse.acts)
        and (not shows("itself", statement.text) or _does_things(statement))
    )


def _is_overview(statement: Statement) -> bool:
    """Prose before the first section, or in one that introduces: it says again what the items demand."""
    section = statement.line.section
    doing = any(act.verb.act != "quiet" and act.subject is not None and act.objects for act in statement.parse.acts)
    return (len(section) <= 1 and not doing) or bool(section and shows("overview", section[-1]))


def _is_failure(statement: Statement) -> bool:
    near = statement.line.section[-1:]
    own = _REPORTED.sub("", statement.text)
    return bool(shows("failure", own)) or any(shows("failure_section", title) for title in near)


def _kind(statement: Statement) -> Literal["functional", "quality", "constraint"]:
    text, section = statement.text, statement.line.section
    if any(shows("quality_section", title) for title in section[-2:]):
        return "quality"
    if shows("excluded", text):
        return "constraint"
    doing = any(act.verb.act != "quiet" and act.subject is not None for act in statement.parse.acts)
    if shows("technology", text) and not doing:
        return "constraint"
    if (
        any(shows("constraint_section", title) for title in section[-1:])
        and not statement.failure
        and not statement.parse.acts
    ):
        return "constraint"
    return "quality" if shows("quality", text) else "functional"


def _priority(statement: Statement) -> Priority:
    if rank := shows("rank", statement.text):
        return _RANKS[rank.group(1).lower()]
    ranked = [cell.lower() for cell in statement.line.cells if cell.lower() in _RANKS] if statement.row else []
    if ranked:
        return _RANKS[ranked[-1]]
    if shows("could", statement.text) or any(shows("could", title) for title in statement.line.section):
        return "could"
    return "should" if shows("should", statement.text) else "must"
