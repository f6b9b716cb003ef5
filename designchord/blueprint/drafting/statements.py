"""From a page to statements: what is demanded, what fails when, and what is only said around it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from designchord.blueprint.drafting.english import English
from designchord.blueprint.drafting.korean import Korean
from designchord.blueprint.drafting.reading import Line, Page, sentences
from designchord.blueprint.drafting.words import Parse
from designchord.blueprint.model import Priority, Requirement

MAX_REQUIREMENTS = 120
MAX_PARSED = 600

_ASIDE = re.compile(
    r"\b(?:links?|resources?|references?|see also|example projects?|screenshots?|install\w*|running|run locally|getting"
    r" started|build\w*|licen[cs]e|contribut\w*|tech(?:nology|nical)? ?(?:stack|specification)?|technologies|out of scope|"
    r"non-goals|database config\w*|configuration|deploy\w*|development|docker|maven|table of contents|changelog|"
    r"calculate usage|additional talking points|scale the design|high level design|faq|bug)\b"
    r"|기술 ?스택|개발 ?환경|참고|링크|설치|실행 ?방법|라이선스|제외 ?범위|범위 ?외|목차|배포|일정|도메인 만들기|문서 이력|개정",
    re.IGNORECASE,
)
_QUALITY_SECTION = re.compile(r"non-?functional|quality|performance|security|비기능|성능|보안|품질", re.IGNORECASE)
_CONSTRAINT_SECTION = re.compile(r"\b(?:constraints?|assumptions?|limitations?)\b|제약|가정|전제", re.IGNORECASE)
_FAILURE_SECTION = re.compile(r"\b(?:fail\w*|errors?|exceptions?|edge cases?)\b|실패|예외|오류|에러", re.IGNORECASE)
_QUALITY = re.compile(
    r"\b(?:within \d|\d+ ?(?:ms|milliseconds?|seconds?)\b|per second|concurren\w+|availab(?:le \d|ility)|uptime|latency|"
    r"throughput|scalab\w+|encrypt\w*|tls|https|secure(?:ly)?|gdpr|accessib\w+|responsive|backup|log all|p9[59]|"
    r"horizontal\w*|fault.toleran\w+|99\.\d|performance|user-friendly|intuitive|reliab\w+|pool\w* for)"
    r"|\d+ ?초 ?(?:이내|안에|내)|응답 ?시간|동시 ?(?:접속|사용자)|가용성|암호화|확장성|무중단|백업|성능|보안|반응형|접근성|"
    r"개인정보 ?보호|https|초당|로그를 (?:남|기록)|안정적|이중화|99\.\d",
    re.IGNORECASE,
)
_TECHNOLOGY = re.compile(
    r"\b(?:react|vue|angular|django|flask|spring|node(?:\.?js)?|express|mysql|postgres\w*|mongodb|redis|docker|aws|"
    r"kubernetes|typescript|javascript|python|java|bootstrap|tailwind|indexeddb|local ?storage|firebase|sqlite|swagger|"
    r"browser|android|ios|native language|x-user-id)\b|브라우저|안드로이드|리액트|스프링|헤더를 기반",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"\b(?:cannot|can't|must not|may not|not be able|not allowed|never|shall not|unless|only if|refus\w+|reject(?:s|ed)\b|"
    r"error|invalid|unauthori[sz]ed|forbidden|fails?\b|already|prevent\w*|exceed\w*|insufficient|not enough|overlap\w*|"
    r"full\b|no more than|at most|duplicate|unsupported|wrong answer|incorrect\w*|does not exist|not found|too many)"
    r"|오류|에러|예외|실패|(?:할|될|볼|올) 수 없|수 없다|못 ?한다|하지 못|않은 (?:사용자|유저|경우|회원)|아닐 경우|아니면|"
    r"없으면|부족|초과|넘을 수|넘으면|이미 |중복|겹치|유효하지 않|존재하지 않|금지|제한|불가|거부|거절된|만 (?:가능|할 수)|까지만|이하만|이상만",
    re.IGNORECASE,
)
_DEMAND_KO = re.compile(
    r"(?:수 (?:있|없)|어야|아야|해야|하여야|한다\.?$|된다\.?$|받는다|보낸다|[가-힣]다\.?$|니다\.?$|싶|주세요|필요|원한다|하기$|함\.?$|가능|기능$|"
    r"[는은]다\.?$|금지|없음\.?$|이내$)"
)
_DEMAND_EN = re.compile(
    r"\b(?:can|could|shall|must|should|will|may|want to|wants to|need to|needs to|allow\w*|able to|lets?|cannot|"
    r"has to|have to|supports?)\b",
    re.IGNORECASE,
)
_COULD = re.compile(
    r"\b(?:bonus|optional\w*|nice to have|could|if possible|later|stretch|future)\b|선택 ?(?:사항|적)|추후|가능하면|향후|보너스|우선순위 ?낮",
    re.IGNORECASE,
)
_SHOULD = re.compile(r"\bshould\b|권장|바람직|좋겠|하면 좋", re.IGNORECASE)
_RANK = re.compile(
    r"[\[(（【]\s*(필수|선택|권장|must|should|could|won't|high|medium|low|상|중|하|P[0-3])\s*[\])）】]", re.IGNORECASE
)
_RANKS: dict[str, Priority] = {"필수": "must", "must": "must", "high": "must", "상": "must", "p0": "must", "p1": "must",
    "권장": "should", "should": "should", "medium": "should", "중": "should", "p2": "should",
    "선택": "could", "could": "could", "won't": "could", "low": "could", "하": "could", "p3": "could"}  # fmt: skip


@dataclass(slots=True, eq=False)
class Statement:
    """One sentence, read. ``requirement`` is set when it demands something."""

    line: Line
    parse: Parse
    requirement: Requirement | None = None
    failure: bool = False
    heading: bool = False
    aside: bool = False
    attributes_of: str = ""
    covered: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        return self.parse.text


def detect_language(text: str) -> str:
    """The language that most letters of a text belong to: ``ko``, ``ja``, ``zh``, ``ru`` … or ``en``."""
    counts: Counter[str] = Counter()
    for char in text[:20_000]:
        code = ord(char)
        if 0xAC00 <= code <= 0xD7A3 or 0x3131 <= code <= 0x318E:
            counts["ko"] += 3
        elif 0x3040 <= code <= 0x30FF:
            counts["ja"] += 3
        elif 0x4E00 <= code <= 0x9FFF:
            counts["zh"] += 2
        elif 0x0400 <= code <= 0x04FF:
            counts["ru"] += 1
        elif 0x0600 <= code <= 0x06FF:
            counts["ar"] += 1
        elif 0x0E00 <= code <= 0x0E7F:
            counts["th"] += 1
        elif char.isascii() and char.isalpha():
            counts["en"] += 1
    if counts["ja"]:
        counts["ja"] += counts.pop("zh", 0)
    best = counts.most_common(1)
    return best[0][0] if best else "en"


def sentence_language(text: str) -> Literal["ko", "en", "other"]:
    hangul = sum("가" <= char <= "힣" for char in text)
    other = sum(char > "\u02ff" and not "가" <= char <= "힣" and char.isalpha() for char in text)
    latin = sum(char.isascii() and char.isalpha() for char in text)
    if other > hangul and other * 3 > latin:
        return "other"
    return "ko" if hangul * 3 >= latin and hangul else "en"


class Reader:
    """Reads a page sentence by sentence with the analyser of the sentence's language."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._korean = Korean("\n".join(line.text for line in page.lines))
        self._english = English()
        self._parsed = 0

    def parse(self, text: str) -> Parse:
        text = text[:600]
        language = sentence_language(text)
        self._parsed += 1
        if language == "other" or self._parsed > MAX_PARSED:
            return Parse(text, "other")
        return self._korean.parse(text) if language == "ko" else self._english.parse(text)

    def read(self) -> list[Statement]:
        found: list[Statement] = []
        for line in self._page.lines:
            aside = any(_ASIDE.search(title) for title in line.section)
            if line.shape == "heading":
                aside = aside or bool(_ASIDE.search(line.text))
                found.append(Statement(line, self.parse(line.text), heading=True, aside=aside))
                continue
            if line.shape == "row":
                found += self._row(line, aside)
                continue
            texts = [line.text] if line.shape == "item" and len(line.text) < 300 else sentences(line.text)
            found += [Statement(line, self.parse(text), aside=aside) for text in texts]
        _demand(found)
        return found

    def _row(self, line: Line, aside: bool) -> list[Statement]:
        cells = [cell for cell in line.cells if len(cell) > 1]
        return [Statement(line, self.parse(cell), aside=aside) for cell in cells]


def _demand(statements: list[Statement]) -> None:
    """Number the requirements: sentences that demand something, or when there are none, all that say something."""
    chosen = [statement for statement in statements if _demands(statement)]
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
    if statement.heading or statement.aside or statement.line.shape == "row":
        return False
    text = statement.text
    if len(text) < 4 or text.endswith((":", "：")):
        return False
    if statement.parse.language == "other":
        return statement.line.shape == "item" or text.endswith("。")
    if statement.parse.language == "ko":
        demanding = bool(_DEMAND_KO.search(text)) or (statement.line.shape == "item" and bool(statement.parse.acts))
        return demanding and (len(text) > 6)
    if statement.line.shape == "item":
        return len(text.split()) >= 2 and bool(_DEMAND_EN.search(text) or statement.parse.acts)
    opens = statement.parse.acts[0].start < 12 if statement.parse.acts else False
    return bool(_DEMAND_EN.search(text) or opens) and bool(statement.parse.acts)


def _is_failure(statement: Statement) -> bool:
    near = statement.line.section[-1:]
    return bool(_FAILURE.search(statement.text)) or any(_FAILURE_SECTION.search(title) for title in near)


def _kind(statement: Statement) -> Literal["functional", "quality", "constraint"]:
    text, section = statement.text, statement.line.section
    if any(_QUALITY_SECTION.search(title) for title in section[-2:]):
        return "quality"
    if _TECHNOLOGY.search(text):
        return "constraint"
    if any(_CONSTRAINT_SECTION.search(title) for title in section[-1:]) and not statement.parse.acts:
        return "constraint"
    return "quality" if _QUALITY.search(text) else "functional"


def _priority(statement: Statement) -> Priority:
    if rank := _RANK.search(statement.text):
        return _RANKS[rank.group(1).lower()]
    if _COULD.search(statement.text) or any(_COULD.search(title) for title in statement.line.section):
        return "could"
    return "should" if _SHOULD.search(statement.text) else "must"
