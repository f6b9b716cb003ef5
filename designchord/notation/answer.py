"""Find the artifact in a model's raw answer.

Models think aloud, greet, wrap, indent, escape and cut off. These functions take an answer as it came and return the
wanted text alone, with a :class:`Fix` for everything that was done beyond choosing: nothing here invents content.
Nothing found is an empty, falsy :class:`Found`, never an exception.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from designchord.notation.answer_fences import FENCE, fences_of, whole_fence
from designchord.notation.answer_json import (
    balanced_end,
    bare_json,
    candidates,
    is_json,
    parse_json,
    repair_json,
    strings,
)
from designchord.notation.problems import Fix

MAX_CHARS = 4_000_000
"""Longer answers are cut before anything else looks at them."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer held. ``value`` is the parsed value where the artifact is JSON; ``complete`` is false when the
    text visibly breaks off (a fence or a string that nothing closes)."""

    text: str = ""
    fixes: tuple[Fix, ...] = ()
    value: Any = None
    complete: bool = True

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class Value:
    """The JSON that an answer held, or ``None``; ``complete`` as in :class:`Found`."""

    value: Any
    fixes: tuple[Fix, ...] = ()
    complete: bool = True


def find_mermaid(answer: str, family: str) -> Found:
    """The last diagram of a family (``sequenceDiagram``, ``erDiagram``, …) in an answer."""

    def accepts(text: str) -> bool:
        return _mermaid_family(text).lower() == family.lower()

    text, fixes = _reveal(answer)
    found = _find_fenced(text, accepts) or _find_headed(text, family)
    if not found:
        fences = [fence for fence in fences_of(text) if fence.language == "mermaid" and not _mermaid_family(fence.text)]
        if fences:  # a diagram that forgot its first line: the grammar's own check will say so
            found = Found(_trim_lines(fences[-1].text), complete=fences[-1].closed)
    if not found:
        found = _find_bare_mermaid(text, family)
    if not found:
        return Found(fixes=fixes)
    return replace(_trim_after_diagram(found), fixes=fixes + found.fixes)


def find_markdown(answer: str) -> Found:
    """The document in an answer. Mermaid fences inside it stay where they are."""
    text, fixes = _reveal(answer)
    wrapped = _find_wrapped(text, lambda value: "\n" in value and not is_json(value))
    if wrapped:
        return replace(wrapped, text=_trim_lines(wrapped.text), fixes=fixes + wrapped.fixes)
    if not _HEADING.match(text):
        documents = [fence for fence in fences_of(text) if fence.language in ("markdown", "md")]
        if documents:
            return Found(_trim_lines(documents[-1].text), fixes, complete=documents[-1].closed)
    whole = whole_fence(text)
    if whole is not None and whole.language in ("", "text", "plaintext"):
        return Found(_trim_lines(whole.text), fixes, complete=whole.closed)
    text, chatter = _without_chatter(text)
    return Found(_trim_lines(text), fixes + chatter)


def find_json(answer: str) -> Found:
    """The JSON object or array in an answer: ``value`` is parsed, ``text`` is strict JSON of it."""
    found = find_value(answer)
    text = "" if found.value is None else json.dumps(found.value, ensure_ascii=False, indent=2)
    return Found(text, found.fixes, found.value, found.complete)


def find_value(answer: str) -> Value:
    """The JSON object or array in an answer.

    Debris (comments, trailing commas, single quotes, missing brackets, cut strings) is repaired, and said so in
    ``fixes``. Of several fenced values the last counts (drafts come first), of several bare ones the first, unless
    one is at least twice as long.
    """
    text, fixes = _reveal(answer)
    text, unescaped = _unescaped(text)
    fixes += unescaped
    for candidate in candidates(text):
        value = parse_json(candidate)
        if value is not None:
            return Value(value, fixes)
    bare = bare_json(text)
    if bare is not None:
        return Value(bare, fixes)
    for candidate in candidates(text):
        end = balanced_end(candidate)
        value = repair_json(candidate[:end])
        if value is not None:
            complete = end is not None or candidate.rstrip().rstrip("`").rstrip()[-1:] in ("}", "]")
            note = "Repaired damaged JSON." if complete else "Closed JSON that breaks off."
            fix = Fix("answer.json_repaired" if complete else "answer.json_cut", note)
            return Value(value, (*fixes, fix), complete)
    return Value(None, fixes)


def find_text(answer: str, accepts: Callable[[str], bool], *, starts: Callable[[str], bool] | None = None) -> Found:
    """The last text that ``accepts`` says is of the wanted notation.

    Fences are tried first, then text wrapped in a JSON string, then the bare answer from the first line for which
    ``starts`` holds (by default: the whole answer).
    """
    text, fixes = _reveal(answer)
    found = _find_fenced(text, accepts)
    if not found:
        lines = text.split("\n")
        first = next((index for index, line in enumerate(lines) if starts(line)), 0) if starts else 0
        bare = _trim_lines("\n".join(line for line in lines[first:] if not FENCE.match(line)))
        found = Found(bare) if accepts(bare) else Found()
    if found:
        unescaped, more = _unescaped(found.text)
        return replace(found, text=unescaped, fixes=fixes + found.fixes + more)
    return Found(fixes=fixes)


# Before anything else: what is not meant for the reader

_THINK_TAG = re.compile(
    r"^(?P<lead>[ \t>]*)<(?:think|thinking|thoughts?|reasoning|reflection|scratchpad)(?:\s[^<>]{0,200})?>|"
    r"</(?:think|thinking|thoughts?|reasoning|reflection|scratchpad)\s*>",
    re.IGNORECASE | re.MULTILINE,
)
_MAY_THINK = re.compile(r"</?(?:th|re|sc)", re.IGNORECASE)
_CHANNEL, _MESSAGE = "<|channel|>final", "<|message|>"
_CONTROL = re.compile(r"<\|(?:end|return|start|im_end|endoftext|eot_id)\|>.*\Z", re.DOTALL)
_ESCAPE = re.compile(r"&(?:lt|gt|quot|amp|#39|#x27|#34);")


def reveal(answer: str) -> str:
    """An answer as its reader is meant to see it: without the model's thinking."""
    return _reveal(answer)[0]


def _reveal(answer: str) -> tuple[str, tuple[Fix, ...]]:
    """An answer with plain line ends and without thinking."""
    text = answer[:MAX_CHARS].lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    channel = _end_of_channel(text)
    if channel:
        text = _CONTROL.sub("", text[channel:])
    spoken = _without_thinking(text) if _MAY_THINK.search(text) else text
    fixes = (Fix("answer.thinking", "Left out the model's thinking."),) if spoken != text or channel else ()
    return spoken, fixes


def _end_of_channel(text: str) -> int:
    """Where the last final message of a model that answers in channels begins; 0 if there is none."""
    end = 0
    while (begin := text.find(_CHANNEL, end)) >= 0 and (message := text.find(_MESSAGE, begin)) >= 0:
        end = message + len(_MESSAGE)
    return end


def _without_thinking(text: str) -> str:
    """A text without thinking blocks. An opening tag counts at the start of a line only: prose may speak of tags."""
    spoken: list[str] = []
    depth = position = 0
    for tag in _THINK_TAG.finditer(text):
        if tag["lead"] is not None:
            if depth == 0:
                spoken.append(text[position : tag.start()])
            depth += 1
        elif depth:
            depth -= 1
        elif text.lstrip().startswith(("{", "[", "```", "~~~")):
            continue  # inside an artifact, not around one
        else:
            spoken.clear()  # a closing tag alone: all before it was thinking
        position = tag.end() if depth == 0 or tag["lead"] is not None else position
    if depth == 0 or not "".join(spoken).strip():
        # Nothing closes the last tag and nothing else was said: the answer stands in the thinking itself.
        spoken.append(text[position:])
    result = "".join(spoken).lstrip("\n")
    return result if result.strip() and position else text


def _unescaped(text: str) -> tuple[str, tuple[Fix, ...]]:
    """A text that was HTML-escaped as a whole has entities and none of the characters that they stand for."""
    if len(_ESCAPE.findall(text)) < 2 or any(sign in text for sign in '<>"'):
        return text, ()
    return html.unescape(text), (Fix("answer.html_escaped", "Undid HTML escapes."),)


def _find_fenced(text: str, accepts: Callable[[str], bool]) -> Found:
    """The last closed fence with an accepted text, else the last open one, else a JSON string that is accepted."""
    candidates: list[Found] = []
    for fence in fences_of(text):
        inner = [fence, *(fences_of(fence.text) if fence.language in ("markdown", "md", "") else ())]
        for block in inner:
            body, fixes = _unescaped(block.text)
            if accepts(body):
                candidates.append(Found(_trim_lines(body), fixes, complete=block.closed))
    closed = [found for found in candidates if found.complete]
    return (closed or candidates or [_find_wrapped(text, accepts)])[-1]


def _find_wrapped(text: str, accepts: Callable[[str], bool]) -> Found:
    """The longest accepted string inside a JSON object that the answer consists of."""
    whole = whole_fence(text)
    body = (whole.text if whole is not None and whole.language in ("", "json") else text).strip()
    if not body.startswith("{"):
        return Found()
    value = parse_json(body)
    if value is None:
        value = repair_json(body)
    texts = [text for string in strings(value) for text in (string, *(fence.text for fence in fences_of(string)))]
    accepted = [text for text in texts if accepts(text)]
    if not accepted:
        return Found()
    fix = Fix("answer.json_wrapped", "Took the text out of a JSON string.")
    return Found(_trim_lines(max(accepted, key=len)), (fix,))


# Mermaid

_FRONT_MATTER = re.compile(r"\A\s*---\n.*?\n---\n", re.DOTALL)
_COMMENT = re.compile(r"\A\s*(?:%%\{.*?\}%%|%%[^\n]*)\s*", re.DOTALL)
_FAMILY = re.compile(r"\s*([A-Za-z][A-Za-z0-9]*(?:-beta|-v2)?)\b")
_FAMILIES = re.compile(
    r"sequencediagram|erdiagram|graph|flowchart|classdiagram|statediagram(?:-v2)?|gantt|pie|journey|mindmap|timeline|"
    r"gitgraph|quadrantchart|requirementdiagram|c4context|zenuml|(?:sankey|xychart|block|packet|architecture)-beta|kanban",
    re.IGNORECASE,
)
_SEQUENCE_LINE = re.compile(
    r"^\s*(?:participant|actor|create|destroy|box|loop|alt|else|opt|par|and|critical|option|break|rect|end|note|"
    r"activate|deactivate|autonumber|title|link|links|accTitle|accDescr|%%)\b|--?[>x)]|<<--?>>|^\s*%%",
    re.IGNORECASE,
)
_ER_LINE = re.compile(
    r"[|}{o][|o{}]?(?:--|\.\.)[|}{o]|^\s*[}{]\s*$|^\s*[^\s{}]+(?:\s*\[[^\]]*\])?\s*\{|^\s*%%|"
    r"^\s*(?:direction|title|accTitle|accDescr|style|classDef|class)\b|^\s+[\w()\[\],.-]+\s+[\w-]+(?:\s|$)",
)


def _mermaid_family(text: str) -> str:
    """The first word of a diagram's own text (``erDiagram``), or nothing when it is no known family."""
    text = _FRONT_MATTER.sub("", text, count=1)
    while (comment := _COMMENT.match(text)) and comment.end():
        text = text[comment.end() :]
    word = _FAMILY.match(text)
    return word[1] if word and _FAMILIES.fullmatch(word[1]) else ""


def _find_headed(text: str, family: str) -> Found:
    """A diagram whose first line stands in the fence's opening line: ```` ```erDiagram ````."""
    fences = [
        fence
        for fence in fences_of(text)
        if family.lower() in fence.info.lower().split() and not _mermaid_family(fence.text) and fence.text.strip()
    ]
    if not fences:
        return Found()
    fix = Fix("answer.header", "Took the diagram's first line out of the fence's opening line.")
    return Found(_trim_lines(f"{family}\n{fences[-1].text}"), (fix,), complete=fences[-1].closed)


def _find_bare_mermaid(text: str, family: str) -> Found:
    """A diagram that stands in an answer without a fence."""
    starts = list(re.finditer(rf"^[ \t]*{re.escape(family)}\b[^\S\n]*(?:\n|\Z)", text, re.IGNORECASE | re.MULTILINE))
    if not starts:
        return Found()
    body = re.split(r"^\s*(?:`{3,}|~{3,})", text[starts[-1].start() :], maxsplit=1, flags=re.MULTILINE)[0]
    body, fixes = _unescaped(body)
    return Found(_trim_lines(body), fixes, complete=False)


def _trim_after_diagram(found: Found) -> Found:
    """Without a closing fence, prose may follow: drop closing paragraphs in which no line could be the diagram's."""
    if found.complete:
        return found
    line = _ER_LINE if _mermaid_family(found.text).lower() == "erdiagram" else _SEQUENCE_LINE
    paragraphs = re.split(r"\n[ \t]*\n", found.text)
    while len(paragraphs) > 1 and not any(line.search(text) for text in paragraphs[-1].split("\n")):
        paragraphs.pop()
    return replace(found, text=_trim_lines("\n\n".join(paragraphs)))


# Documents

_GREETING = re.compile(
    r"^\s*(?:sure|certainly|of course|absolutely|okay|ok\b|great|here(?:'s| is| are)|below is|"
    r"i(?:'ve| have| will|'ll)\b|"
    r"네[,.! ]|물론|알겠습니다|다음은|아래는|아래에|여기|요청하신|はい|以下|承知|好的|以下是|当然)",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"^\s*(?:let me know|feel free|please (?:review|let me|feel)|i hope (?:this|that)|hope this|would you like|"
    r"if you (?:need|want|have|would|'d)|do you want|shall i|need anything|is there anything|"
    r"필요하시면|추가로 필요|추가(?:로|적인) (?:질문|궁금|수정)|더 궁금|궁금한 (?:점|사항)|"
    r"도움이 (?:되|필요)|수정이 필요|"
    r"ご不明|他に|何か|如果您?(?:需要|有)|希望)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"\s*#{1,6} ")
_RULE = re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,})\s*$")


def _without_chatter(text: str) -> tuple[str, tuple[Fix, ...]]:
    """A document without a greeting before its first heading and a farewell after its last paragraph."""
    paragraphs = re.split(r"\n[ \t]*\n", text.strip())
    fixes: list[Fix] = []
    heading = next((n for n, paragraph in enumerate(paragraphs) if paragraph.lstrip().startswith("#")), None)
    if heading and heading <= 2 and _GREETING.match(paragraphs[0]) and "\n" not in paragraphs[0].strip():
        del paragraphs[:heading]
        fixes.append(Fix("answer.greeting", "Left out the words before the document."))
    if len(paragraphs) > 1 and _FAREWELL.match(paragraphs[-1]) and len(paragraphs[-1]) < 600:
        paragraphs.pop()
        while len(paragraphs) > 1 and _RULE.match(paragraphs[-1]):
            paragraphs.pop()
        fixes.append(Fix("answer.farewell", "Left out the words after the document."))
    return "\n\n".join(paragraphs) if fixes else text, tuple(fixes)


def _trim_lines(text: str) -> str:
    """Without blank lines around and with one line end at the end; indentation of the first line is kept."""
    text = re.sub(r"\A(?:[ \t]*\n)+", "", text).rstrip()
    return text + "\n" if text else ""
