"""What a call is refused for: rules of the text with the HTTP status that fits them, else what usually goes wrong."""

from __future__ import annotations

import re

from designchord.blueprint.breaches import breach_of
from designchord.drafter.sketch import Call, Sketch
from designchord.language import naming
from designchord.language.agents import is_agent
from designchord.language.cues import shows
from designchord.language.lexicon import lexicon

MAX_ERRORS = 8

_STATUSES = (401, 402, 503, 404, 403, 400, 409)
# A figure is a status where it is called so, or stands by itself: 500 euros are none.
_CODE = re.compile(
    r"(?:\b(?:HTTP|status(?: code)?|code|error|with(?: an?)?|returns?|상태 ?코드|응답 ?코드|오류|에러)[ :=(]*"
    r"|^|[(\[]\s*)(4\d\d|5\d\d)"
    r"(?!\d|[.,]\d|\s*(?:euros?|dollars?|won|percent|%|원|개|명|건|대|kg|g\b|km|m\b))"
    r"|(?<![\d.])(4\d\d|5\d\d)"
    r"(?=\s*(?:(?-i:[A-Z_]{4,})|Bad Request|Unauthorized|Forbidden|Not Found|Conflict|error|오류|에러|[을를] 반환))",
    re.IGNORECASE,
)
# Whoever was shut out: a blocked grower. What is shut, such as a room, is a matter of how things stand.
_BARRED = re.compile(
    r"^(?:an?|the|any)?\s*(?:blocked|banned|suspended|expelled|excluded|barred) (?P<en>[a-z]+)"
    r"|(?:정지|차단|제재|강퇴)(?:된|당한|를 받은|을 받은) (?P<ko>[가-힣]+?)(?:들)?[은는이가] ",
    re.IGNORECASE,
)
_OUTCOME_KO = re.compile(
    r"^(.{4,200}?(?:경우(?:에는|에)?|[가-힣]면|[가-힣]때는?|[가-힣] 시))[,\s]+[^,]{0,80}"
    r"(?:반환|발생|보여|표시|처리|거절|거부|실패|안내|띄|알려)[가-힣]*(?:\s*\([^)]*\))?[.!]?$"
)
#: What stands side by side in one line; only one part of it may refuse anything.
_PARTS = re.compile(r"\s*[;；]\s*|(?<=[.!。])\s+")
_IF_FIRST = re.compile(r"^(?:if|when|(?=unless)|where)\s*(.{4,200}?)\s*(?:,\s*then\b|,|\bthen\b)\s", re.IGNORECASE)
_UNLESS = re.compile(r"\b(?:unless|except when|only if)\s+(.{4,200})$", re.IGNORECASE)
_IF_LAST = re.compile(
    r"\b(?:error|message|refuse[sd]?|reject(?:s|ed)?|den(?:y|ies|ied)|decline[sd]?|warning)\b.{0,80}?\b(?:if|when|unless)\s+(.{4,200})$",
    re.IGNORECASE,
)


def _is_barred(text: str) -> bool:
    found = _BARRED.search(text)
    if found is None:
        return False
    words, korean = lexicon(), found["ko"]
    known = words.ko.get(korean) if korean else words.en.get(naming.singular(found["en"].lower()))
    return known.person if known is not None else not korean and is_agent(naming.singular(found["en"].lower()))


def code_in(text: str) -> int | None:
    """The status that a text names by its number."""
    found = _CODE.search(text)
    return int(next(filter(None, found.groups()))) if found is not None else None


def status_of(text: str) -> int:
    """The HTTP status that a rule asks for, or that fits it."""
    if (code := code_in(text)) is not None:
        return code
    if (shows("permission", text) or _is_barred(text)) and not shows("status_401", text):
        return 403
    known = next((status for status in _STATUSES if shows(f"status_{status}", text)), None)
    # What somebody cannot do for how things stand is a conflict; a request is only bad for what it holds itself.
    return known or (409 if shows("stands", text) else 400)


def condition_of(text: str) -> str:
    """When a call is refused: ``없는 상품이라면, 오류를 반환한다.`` → ``없는 상품이라면``; of a rule its breach."""
    text = text.strip().rstrip(".。").strip()
    text = next((part for part in _PARTS.split(text) if shows("failure", part)), text)
    for pattern in (_OUTCOME_KO, _IF_FIRST):
        if match := pattern.search(text):
            return match.group(1).strip().rstrip(".,")[:200]
    if match := _UNLESS.search(text):
        return f"unless {match.group(1).strip().rstrip('.,')}"[:200]
    match = _IF_LAST.search(text)
    return (match.group(1).strip().rstrip(".,") if match else breach_of(text))[:200]


def refuse(sketch: Sketch, primary: dict[tuple[str, ...], Call]) -> None:
    """Fill the errors of every call, from tables of errors, from sentences, and from the catalogue."""
    for statement in sketch.statements:
        row = statement.line
        if row.shape != "row" or statement.aside or not row.cells or statement.text != row.cells[0]:
            continue
        code = next((found for cell in reversed(row.cells) if (found := code_in(cell)) is not None), None)
        call = next(
            (primary[row.section[:n]] for n in range(len(row.section), 0, -1) if row.section[:n] in primary), None
        )
        if code is not None and call is not None:
            _add(call, code, row.cells[0])
    for call in sketch.calls:
        tabled = {status for status, _ in call.errors}
        for statement in call.failures:
            status = status_of(statement.text)
            if status not in tabled:
                _add(call, status, condition_of(statement.text))
        if sketch.assume == "usual" and not call.errors:
            _usual(sketch, call)


def _add(call: Call, status: int, reason: str) -> None:
    if reason and (status, reason) not in call.errors and len(call.errors) < MAX_ERRORS:
        call.errors.append((status, reason))


def _usual(sketch: Sketch, call: Call) -> None:
    if call.act in ("login", "signup"):  # it is in the nature of both, and assumes nothing
        call.errors.append((401 if call.act == "login" else 409, sketch.phrases(f"fault_{call.act}")))
        return
    thing = sketch.things.get(call.thing)
    if call.act != "create" or thing is None or thing.concept is None:
        return
    if thing.concept.brings and not any(sketch.thing(child) for child, _ in thing.concept.brings):
        return
    for fault in thing.concept.fails[:1]:
        reason = fault.ko if sketch.phrases.language == "ko" else fault.en
        call.assumed_errors.append((fault.status, reason))
        text = sketch.phrases("assume_fault", summary=call.summary, reason=reason)
        sketch.assuming(text[:200], f"refusal:{call.id}.{fault.status} {reason}")
