"""The author's demands, line by line, in the author's words: by the form of the page, in any language.

Under a heading that announces demands every item, sentence and row is one; elsewhere a sentence that says what can,
must or may be done. Where no heading announces any, the prose is all there is, and every sentence of it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from designchord.ideas.page import LISTED, Line, Page, sentences
from designchord.ideas.sections import Scope, says, scope_of

Kind = Literal["functional", "quality", "constraint"]
Priority = Literal["must", "should", "could"]

# With fewer demands than these a page without a list of them is read as prose.
_FEW: Final = 3

_RANKS: Final[dict[str, Priority]] = {
    **dict.fromkeys(("필수", "must", "must have", "high", "critical", "상", "높음", "p0", "p1", "高", "必須"), "must"),
    **dict.fromkeys(("권장", "should", "should have", "medium", "중", "보통", "p2", "中"), "should"),
    **dict.fromkeys(("선택", "could", "could have", "won't", "low", "하", "낮음", "p3", "低", "optional"), "could"),
}
_RANKED = re.compile(r"[\[(（【]\s*([^\])）】]{1,12}?)\s*[\])）】]")
_LATER = re.compile(
    r"\b(?:bonus|optional|nice to have|could have|stretch goals?|(?:later|future) (?:releases?|versions?|work))\b"
    r"|선택 ?(?:사항|적)|추후|향후|보너스|任意",
    re.IGNORECASE,
)
_ROUTE = re.compile(
    r"^\W*(?:(?:API|HTTP|REST)?\s*(?:엔드포인트|경로|endpoint|url|path|request)\s*[:：]\W*)?(?:GET|POST|PUT|PATCH|DELETE)[\s|`*:–—-]+`?/",
    re.IGNORECASE,
)
_DAY = (
    r"(?:\d{4}[-./年]\s?\d{1,2}(?:[-./月]\s?\d{1,2}日?)?|\d{1,2}\s?月\s?\d{1,2}\s?日|\d{1,2}월\s?\d{1,2}일|\d{1,2}/\d{1,2}(?:/\d{2,4})?|\d{1,2}\.\s?\d{1,2}\."
    r"|(?:week|day|sprint|phase|woche|semaine|semana|tuần)\s?\d+|\d+\s?주차|第\s?\d+\s?[周週天日])"
)
_DATED = re.compile(rf"^{_DAY}(?:\s*[~–—-]\s*{_DAY})?(?=[\s:：,-]|$)[\s:：,–—-]*", re.IGNORECASE)
_VERSION = re.compile(
    r"^[A-Za-z][\w.+# -]{0,30}?[ :v@^~>=]+\d+(?:\.[\dx]+)+\+?\S{0,6}$|^[A-Za-z][\w.+#]{0,14} v?\d{1,2}\+?$"
)
_NOTHING = re.compile(
    r"^(?:no|yes|none|nothing|n/?a|tbd|todo|없음|해당 ?없음|예|아니오|無|なし|无|nein|ja|non|oui|sí|não|sim)?[\W\d_]*$",
    re.IGNORECASE,
)
_ABOUT_THE_FILE = re.compile(
    r"^(?:authors?|version|date|status|last updated|updated|owner|contact|작성자|작성일|버전|문서 ?버전|최종 ?수정"
    r"|related domains?|(?:연관|관련) ?도메인|作者|版本|日期|作成者|更新日)\s*[:：]",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(
    r"^this (?:document|template|file|page|readme|section)\b"
    r"|^the (?:document|template|file|readme|section) (?:describes|outlines|defines|lists|explains|specifies|details)\b"
    r"|^이 (?:문서|파일)|^本(?:文書|ドキュメント)|^本文档"
    r"|^dieses dokument|^ce document|^este documento|^questo documento",
    re.IGNORECASE,
)
# What the whole thing is to be: the wish for it is no demand on it, where it says nothing of what it does.
_WISH = re.compile(
    r"(?:[가-힣A-Za-z0-9]*(?<![은는이가을를고며할한된])\s+){0,6}[가-힣A-Za-z0-9]*"
    r"(?:서비스|앱|어플|시스템|사이트|플랫폼|프로그램|웹)[을를]? ?(?:만들|개발|구축|제작)"
    r"(?:하고|고|려고|하려고) ?(?:싶|한다|합니다|해요)[가-힣]{0,4}\.?"
    r"|(?:i|we) (?:want|would like|need|plan) to (?:build|make|create|develop|design) (?:an?|our|my) "
    r"(?:[\w'-]+ ){0,4}(?:app|application|system|site|website|platform|service|program|tool)"
    r"(?: for (?:[\w'-]+ ?){1,3})?\.?",
    re.IGNORECASE,
)
# How a sentence ends, apart from a note in brackets.
_SENTENCE = re.compile(r"(?:\w{2}[.。]|[다음함])[\"'”’)]?(?:\s*\([^()]*\)?)?$")
# ``Tool: name, status (available, lent)`` among data describes a record.
_DESCRIBED = re.compile(r"^[^:：,.]{1,40}[:：][^:：]*[,、，]")
_MEASURED = re.compile(
    r"\d\s?(?:ms|milliseconds?|seconds?|sekunden|secondes|segundos|secondi|секунд\w*|giây|초|秒)|\b99\.\d|\btps\b|초당",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand. ``line`` counts from 1 in the text that was read; ``section`` are the headings above it."""

    text: str
    line: int
    kind: Kind = "functional"
    priority: Priority = "must"
    section: tuple[str, ...] = ()


def read_demands(page: Page, *, demanded_from: int | None = None) -> tuple[Demand, ...]:
    """All demands of a page in its order, none twice.

    From the line ``demanded_from`` on, everything stands where only demands do.
    """
    lines = list(page.lines)
    scopes = [
        scope_of(line.section, demanded=demanded_from is not None and line.number >= demanded_from) for line in lines
    ]
    listed = {"demands", "quality", "constraints"}
    branches = _branches(lines)
    found: list[Demand] = []
    for line, scope in zip(lines, scopes, strict=True):
        if scope in listed:
            found += _listed(line, scope, leaf=(line.depth, line.section) not in branches)
        elif scope != "aside" and not (scope == "data" and _DESCRIBED.match(line.text)):
            found += _spoken(line)
    if len(found) < _FEW and not any(scope in listed for scope in scopes):
        found = _prose(lines, scopes, found)
    demands = tuple(_once(found))
    return tuple(demand for demand in demands if not _WISH.fullmatch(demand.text)) or demands


def _prose(lines: list[Line], scopes: list[Scope], found: list[Demand]) -> list[Demand]:
    """All sentences of a page without a list of demands, or of whatever there is besides data."""
    for wanted in ({"plain", "overview"}, {"plain", "overview", "aside"}):
        merged: list[Demand] = []
        for line, scope in zip(lines, scopes, strict=True):
            known = [demand for demand in found if demand.line == line.number]
            told = list(_told(line)) if scope in wanted else []
            # What was found in a line is found again, or holds what is told.
            merged += told if known and line.shape == "paragraph" and told else known or told
        if merged:
            return merged
    return found


def _branches(lines: list[Line]) -> set[tuple[int, tuple[str, ...]]]:
    """Depth and section of all headings with something under them. One of another kind is a line of a list: neither it
    nor any beside it has."""
    return {
        (line.depth, line.section)
        for line, after in pairwise(lines)
        if line.shape == "heading" and (after.shape != "heading" or after.depth > line.depth)
    }


def _listed(line: Line, scope: Scope, *, leaf: bool) -> Iterator[Demand]:
    if line.shape == "heading":
        if leaf and line.section and scope_of((line.text,)) == "plain":
            yield from _demand(line, line.text, scope)
    elif line.shape == "row":
        for text in _of_row(line):
            yield from _demand(line, text, scope)
    elif line.shape == "item":
        yield from _demand(line, _without_questions(line), scope)
    elif not line.quoted:
        for text in sentences(line.text):
            if not text.endswith((":", "：")) and (len(text.split()) > 2 or not text.isascii()):
                yield from _demand(line, text, scope)


def _spoken(line: Line) -> Iterator[Demand]:
    """Outside the lists: rows of a table of demands, items that are sentences, prose that demands or permits."""
    if line.shape == "row":
        demanded = _demanding(line.header) is not None or _lists_features(line.header)
        for text in _of_row(line) if says("column_text", " ".join(line.header)) else _sentences_of_row(line):
            if demanded or says("modal", text):
                yield from _demand(line, text, "plain")
        return
    if line.shape == "heading" or line.quoted:
        return
    if line.shape == "item":
        text = _without_questions(line)
        if says("modal", text) or (len(text) > 12 and _SENTENCE.search(text)):
            yield from _demand(line, text, "plain")
        return
    for text in sentences(line.text):
        if says("modal", text) and (len(text.split()) > 3 or not text.isascii()) and not text.endswith((":", "：")):
            yield from _demand(line, text, "plain")


def _without_questions(line: Line) -> str:
    """An item is one demand, however many sentences it has; the questions of a template are not its author's."""
    return " ".join(part for part in sentences(line.text) if not part.endswith(("?", "？")))


def _told(line: Line) -> Iterator[Demand]:
    if line.shape == "row":
        for text in _sentences_of_row(line):
            yield from _demand(line, text, "plain")
    elif line.shape in {"item", "paragraph"} and not line.quoted:
        for text in sentences(line.text):
            if len(text.split()) > 2 or (len(text) > 5 and not text.isascii()):
                yield from _demand(line, text, "plain")


def _demanding(header: Sequence[str]) -> int | None:
    """The column whose name says that its cells are demands."""
    return next((at for at, name in enumerate(header) if says("column_demand", name)), None)


def _lists_features(header: Sequence[str]) -> bool:
    """Whether the rows of a table are what a program does: a feature each, and what is meant by it."""
    others = [name for name in header if not says("column_feature", name)]
    return len(others) < len(header) and any(says("column_text", name) for name in others)


def _sentences_of_row(line: Line) -> list[str]:
    """The cells of a table without a known column that are sentences."""
    if any(says("column_other", name) for name in line.header):
        return []
    return [cell for cell in line.cells if _SENTENCE.search(cell) and (len(cell.split()) > 3 or not cell.isascii())]


def _of_row(line: Line) -> list[str]:
    """The demands of a row: its text after its name, or each of a list; none where the table states something else."""
    header = [*line.header, *[""] * (len(line.cells) - len(line.header))][: len(line.cells)]
    texts = [at for at, name in enumerate(header) if says("column_text", name)]
    demands = _demanding(header)
    if demands is not None:
        texts = [demands, *(at for at in texts if at > demands and not _SENTENCE.search(line.cells[demands]))]
    elif any(says("column_other", name) for at, name in enumerate(header) if at not in texts):
        return []
    apart = ("column_number", "column_rank", "column_group")
    skipped = [at for at, name in enumerate(header) if any(says(column, name) for column in apart)]
    if texts:
        parts = line.cells[texts[0]].split("\n")
        if len(parts) > 1:
            return _of_list(parts)
        names = [at for at in range(texts[0]) if at not in skipped and says("column_name", header[at])]
        kept = [*names, *texts] if demands is not None else [*names, texts[0]]
    else:
        kept = [at for at in range(len(line.cells)) if at not in skipped]
    said = [" ".join(line.cells[at].split("\n")) for at in kept]
    said = [
        text for text in said if text and not _is_rank(text) and not re.fullmatch(r"[A-Z]{1,5}[-_]?\d+|\d+[.)]?", text)
    ]
    return [": ".join(said)] if said else []


def _of_list(parts: list[str]) -> list[str]:
    """The lines of a list in a cell; what stands under a number belongs to it."""
    numbered = any(part[0].isdigit() and LISTED.match(part) for part in parts)
    found: list[str] = []
    for part in parts:
        begins = LISTED.match(part) is not None and (not numbered or part[0].isdigit())
        if begins or not found:
            found.append(LISTED.sub("", part))
        else:
            found[-1] = f"{found[-1]} {part}"
    return found


def _demand(line: Line, text: str, scope: Scope) -> Iterator[Demand]:
    text = _DATED.sub("", text).strip()
    if (
        len(text) < 2
        or text.endswith(("?", "？"))
        or _NOTHING.match(text)
        or _ROUTE.match(text)
        or _ABOUT_THE_FILE.match(text)
        or _ABOUT_ITSELF.match(text)
    ):
        return
    if _VERSION.match(text) and not says("modal", text):
        return
    kind: Kind = (
        "quality" if scope == "quality" or (scope != "constraints" and _MEASURED.search(text)) else "functional"
    )
    if scope == "constraints":
        kind = "constraint"
    yield Demand(text, line.number, kind, _priority(line, text), line.section)


def _is_rank(text: str) -> bool:
    return text.lower() in _RANKS


def _priority(line: Line, text: str) -> Priority:
    ranks = [match.group(1).lower() for match in _RANKED.finditer(text)] + [cell.lower() for cell in line.cells]
    found = [_RANKS[rank] for rank in ranks if rank in _RANKS]
    if found:
        return found[-1]
    return "could" if _LATER.search(text) or any(_LATER.search(title) for title in line.section) else "must"


def _once(demands: Iterable[Demand]) -> Iterator[Demand]:
    """A sentence that stands in two places is one demand; a few words mean what the heading above them says."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for demand in demands:
        words = re.sub(r"\W+", "", demand.text.lower())
        short = len(words) <= 12 and not says("modal", demand.text)
        key = (words, demand.section if short else ())
        if words and key not in seen:
            seen.add(key)
            yield demand
