"""What designchord does not accept in a diagram, however well it parses: too much of it, or more than a picture."""

from __future__ import annotations

import re
from typing import Final

from designchord.notation.mermaid.preamble import Preamble
from designchord.notation.problems import Problem

MAX_CHARACTERS: Final = 50_000
MAX_LINES: Final = 2_000
MAX_LINE_CHARACTERS: Final = 4_000
MAX_NESTING: Final = 40

TOO_COSTLY: Final = Problem(
    code="mermaid.too_costly",
    severity="error",
    message="Reading this diagram takes more time or memory than is allowed.",
    hint="Make it smaller, or split it.",
)

_LOADING: Final = (
    "applet|audio|base|body|button|canvas|embed|foreignobject|form|frame|frameset|head|html|iframe|img|input|layer|"
    "marquee|math|meta|noscript|picture|portal|script|select|style|svg|textarea|video|xmp"
)
_SHAPING: Final = (
    "a|abbr|address|area|article|aside|b|big|blink|center|code|datalist|details|dialog|div|em|fieldset|font|footer|"
    "h[1-6]|header|hr|i|image|kbd|label|li|link|main|map|mark|menu|nav|object|ol|option|p|param|pre|s|samp|section|"
    "slot|small|source|span|strike|strong|sub|summary|sup|table|tbody|td|template|tfoot|th|thead|title|tr|tt|u|ul|var"
)
#: A word right before a plain tag makes it a type such as ``Promise<Object>``, unless the tag would load something.
_HTML_TAG: Final = re.compile(
    rf"</?(?:{_LOADING})(?=[\s/>])[^<>\n]*/?>|</(?:{_SHAPING})\s*>|<(?:{_SHAPING})\s[^<>\n]*>|(?<!\w)<(?:{_SHAPING})/?>",
    re.IGNORECASE,
)
_INTERACTION: Final = re.compile(
    r"(?:^|;)[ \t]*(?:click[ \t]+\S+[ \t]+(?:href\b|call\b|\"|\w+\()|links?[ \t]+(?=[^ \t])[^:\n{|}<>-]+:).*$",
    re.IGNORECASE | re.MULTILINE,
)
#: Drawn by a library of some megabytes that neither the page nor an exported file has.
_MATH: Final = re.compile(r"\$\$[^\n]*?\$\$")
_SCRIPT_URL: Final = re.compile(r"(?:java|vb)script\s*:|data\s*:\s*text/html", re.IGNORECASE)
_HANDLER: Final = re.compile(r"<[^<>\n]*\son\w+\s*=", re.IGNORECASE)
_HANDLER_TAG: Final = re.compile(r"<[^<>\n]*\son\w+\s*=[^<>\n]*>?", re.IGNORECASE)

_REFUSED: Final = (
    (
        "mermaid.refused.interaction",
        _INTERACTION,
        "Links and click handlers are not accepted here.",
        "Remove this line.",
    ),
    ("mermaid.refused.script", _SCRIPT_URL, "Script addresses are not accepted here.", "Remove the address."),
    (
        "mermaid.refused.math",
        _MATH,
        "Formulas ($$…$$) are not drawn here.",
        "Write them as plain text, without `$$`.",
    ),
    ("mermaid.refused.html", _HANDLER, "Event handlers are not accepted here.", "Write plain text."),
    ("mermaid.refused.html", _HTML_TAG, "HTML is not accepted here, apart from <br/>.", "Write plain text."),
)


def exceeded(text: str) -> tuple[Problem, ...]:
    """The stated limits that the text is over."""
    lines = text.split("\n")
    if len(text) > MAX_CHARACTERS:
        return (_limit("characters", len(text), MAX_CHARACTERS),)
    if len(lines) > MAX_LINES:
        return (_limit("lines", len(lines), MAX_LINES),)
    if max(map(len, lines)) > MAX_LINE_CHARACTERS:
        number, line = next((number, line) for number, line in enumerate(lines, 1) if len(line) > MAX_LINE_CHARACTERS)
        return (_limit("characters in one line", len(line), MAX_LINE_CHARACTERS, number),)
    depth = 0
    for number, line in enumerate(lines, 1):
        words = line.split(None, 1)
        if words and words[0].lower() in _OPENERS:
            depth += 1
        elif words and words[0].lower() == "end":
            depth = max(0, depth - 1)
        if depth > MAX_NESTING:
            return (_limit("blocks inside each other", depth, MAX_NESTING, number),)
    return ()


_OPENERS: Final = frozenset({"alt", "opt", "loop", "par", "par_over", "critical", "break", "rect", "box", "subgraph"})


def refuse(text: str, found: Preamble) -> tuple[tuple[Problem, ...], str]:
    """What is refused in a design's own diagrams, and the text with it blanked out (line and column stay)."""
    problems: list[Problem] = []
    if found.front_matter is not None:
        problems.append(_refusal(text, found.front_matter[0], *_FRONT_MATTER))
    problems += [_refusal(text, start, *_DIRECTIVE) for start, _ in found.directives[:20]]
    text = found.blanked(text)
    for code, pattern, message, hint in _REFUSED:
        matches = list(pattern.finditer(text))
        for match in matches[:20]:
            at = match.start() + len(match.group()) - len(match.group().lstrip())
            problems.append(_refusal(text, at, code, message, hint))
        if matches and code != "mermaid.refused.script":
            text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    return tuple(sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0))), text


def _refusal(text: str, at: int, code: str, message: str, hint: str) -> Problem:
    line, column = position(text, at)
    return Problem(code=code, severity="error", message=message, hint=hint, line=line, column=column)


_FRONT_MATTER: Final = (
    "mermaid.refused.front_matter",
    "Front matter is not accepted here.",
    "Remove the --- block.",
)
_DIRECTIVE: Final = (
    "mermaid.refused.directive",
    "Directives (%%{…}%%) are not accepted here.",
    "Remove it; the page decides how diagrams look.",
)


def without_html(text: str) -> str:
    """The text without HTML tags; ``<br/>`` stays."""
    return _HTML_TAG.sub("", _HANDLER_TAG.sub("", text))


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _limit(what: str, found: int, limit: int, line: int | None = None) -> Problem:
    return Problem(
        code="mermaid.too_large",
        severity="error",
        message=f"The diagram has {found:,} {what}; the limit is {limit:,}.",
        hint="Make it smaller, or split it.",
        line=line,
    )
