"""A parse error in plain words: where, what was found, what was expected, and what to do about it."""

from __future__ import annotations

import re
from typing import Any, Final

from designchord.notation.mermaid.causes import Explanation, last_line
from designchord.notation.mermaid.families import FAMILIES, OTHERS
from designchord.notation.mermaid.families.base import Rules
from designchord.notation.problems import Problem

_TOKENS: Final = {
    "ACTOR": "a participant",
    "TXT": "a colon and text",
    "NEWLINE": "the end of the line",
    "EOF": "the end of the diagram",
    "SPACE": "",
    "INVALID": "",
    "NUM": "a number",
    "restOfLine": "a title",
    "AS": "`as`",
    "+": "`+`",
    "-": "`-`",
    ",": "a comma",
    "()": "",
    "BLOCK_START": "`{`",
    "BLOCK_STOP": "`}`",
    "ATTRIBUTE_WORD": "an attribute's type or name",
    "ATTRIBUTE_KEY": "a key (PK, FK, UK)",
    "COMMENT": 'a comment in "quotes"',
    "COLON": "a colon and a label",
    "ENTITY_NAME": "an entity",
    "UNICODE_TEXT": "an entity",
    "DECIMAL_NUM": "",
    "ENTITY_ONE": "",
    "STYLE_SEPARATOR": "",
    "SQS": "",
    "SQE": "`]`",
    "WORD": 'a label in "quotes"',
    "ZERO_OR_ONE": "a cardinality such as `||` or `o{`",
    "ZERO_OR_MORE": "a cardinality such as `||` or `o{`",
    "ONE_OR_MORE": "a cardinality such as `||` or `o{`",
    "ONLY_ONE": "a cardinality such as `||` or `o{`",
    "MD_PARENT": "",
    "IDENTIFYING": "`--`",
    "NON_IDENTIFYING": "`..`",
    "ACTIVE_PARTICIPANT": "",
}
_STATEMENTS: Final = frozenset(
    [
        "create",
        "box",
        "autonumber",
        "activate",
        "deactivate",
        "title",
        "legacy_title",
        "acc_title",
        "acc_descr",
        "acc_descr_multiline_value",
        "loop",
        "rect",
        "opt",
        "alt",
        "par",
        "par_over",
        "critical",
        "break",
        "participant",
        "participant_actor",
        "destroy",
        "note",
        "links",
        "link",
        "properties",
        "details",
        "direction_tb",
        "direction_bt",
        "direction_rl",
        "direction_lr",
        "CLASSDEF",
        "CLASS",
        "STYLE",
        "SUBGRAPH",
    ]
)


def no_diagram(text: str) -> Problem:
    """Why a text does not even begin as a diagram that is read."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines, 1) if _says_something(line)), None)
    if first is None:
        return _error(
            Explanation("mermaid.empty", "There is no diagram here.", "Begin with `sequenceDiagram` or `erDiagram`."),
            None,
        )
    return _error(_no_header(lines, first), first, 1)


def _no_header(lines: list[str], first: int) -> Explanation:
    line = lines[first - 1].strip()
    if re.match(r"(`{3,}|~{3,})", line):
        return Explanation(
            "mermaid.fence", "The diagram still stands in a Markdown code fence.", "Remove the ``` lines."
        )
    if line.startswith("---"):
        return Explanation(
            "mermaid.front_matter",
            "This is no front matter: it begins with the first line of the text, which is `---` and nothing else.",
            "Begin the text with a line `---`, and end the front matter with another one.",
        )
    if re.match(r"%\{.*\}%$", line):
        hint = f"Write `%%{line.strip('%')[:80]}%%`."
        return Explanation("mermaid.directive", "A directive begins with `%%{` and ends with `}%%`.", hint)
    if line.lower().startswith("@start"):
        return Explanation("mermaid.wrong_type", "This is PlantUML, not Mermaid.", "Write it as a Mermaid diagram.")
    start = next((number for number, text in enumerate(lines, 1) if _HEADER.match(text)), None)
    if start is not None:
        return Explanation(
            "mermaid.prose", "There is text before the diagram.", f"Remove everything before line {start}."
        )
    word = re.match(r"[\w-]+", line)
    if word and word.group() in OTHERS:
        return Explanation(
            "mermaid.wrong_type",
            f"This is a `{word.group()}` diagram.",
            "Only `sequenceDiagram` and `erDiagram` are read here.",
        )
    near = re.match(r"(sequence|er)[\s_-]*diagram\b", line, re.IGNORECASE)
    if near:
        name = "sequenceDiagram" if near.group(1).lower() == "sequence" else "erDiagram"
        return Explanation("mermaid.header", f"`{near.group()}` is not a header.", f"Write `{name}`.")
    return Explanation(
        "mermaid.no_header",
        "The text does not begin as a diagram.",
        "The first line must be `sequenceDiagram` or `erDiagram`.",
    )


#: Words such as ``graph`` may begin a sentence, so only those that can be nothing else tell where a diagram begins.
_HEADER: Final = re.compile(
    rf"\s*(?:{'|'.join(header for family in FAMILIES for header in family.headers if 'Diagram' in header)})\b"
)


def explain(text: str, rules: Rules, error: dict[str, Any]) -> Problem:
    """The grammar's error as a finding: the known cause where there is one, else what was found and expected."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at = error.get("at") or {"line": 1, "column": 1}
    row, column = int(at["line"]), int(at["column"])
    if error["kind"] == "front_matter":
        return _error(_no_yaml(error["message"]), row, column)
    while row > 1 and not lines[row - 1].strip():  # the end of a text: point at its last line that says something
        row -= 1
        column = len(lines[row - 1]) + 1
    if not isinstance(error["token"], str) and error["kind"] == "syntax":  # jison's number for the end of the text
        error = {**error, "token": "EOF"}
        row = last_line(lines)
        column = len(lines[row - 1].rstrip()) + 1
    if error["kind"] == "rule" and "beginning with ---" in error["message"]:
        hint = "Remove its two lines, or write a line between them: `title: …`."
        return _error(Explanation("mermaid.front_matter", "The front matter is empty.", hint), row, column)
    if error["kind"] == "rule":
        broken = rules.broken_rule(error["message"], lines) or _BROKEN_RULE
        return _error(broken, *(broken.place or (row, column)))
    row, column = rules.shift(lines, row) or (row, column)
    for cause in rules.causes:
        finding = cause(lines, row, error)
        if finding is not None:
            return _error(finding, *(finding.place or (row, column)))
    return _error(_plainly(lines[row - 1], column, error), row, column)


#: What the reader of YAML complains of, and what to do about it.
_YAML: Final = (
    ("tab characters", "A tab indents this line of the front matter.", "YAML is indented with spaces."),
    ("duplicated mapping key", "The front matter has this key twice.", "Remove one of them."),
    ("quoted scalar", "A quote is not closed in the front matter.", "Close it, or write the value without quotes."),
    ("flow collection", "A bracket is not closed in the front matter.", "Close it, or put the whole value in quotes."),
)


def _no_yaml(message: str) -> Explanation:
    for words, what, hint in _YAML:
        if words in message:
            return Explanation("mermaid.front_matter", what, hint)
    hint = "A value with a colon or another sign of YAML stands in quotes."
    return Explanation("mermaid.front_matter", "The front matter is no YAML.", hint)


_BROKEN_RULE: Final = Explanation(
    "mermaid.rule", "The diagram breaks a rule of Mermaid.", "Correct or remove this line."
)


def _error(finding: Explanation, line: int | None, column: int | None = None) -> Problem:
    return Problem(
        code=finding.code, severity="error", message=finding.message, hint=finding.hint, line=line, column=column
    )


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith("%%")


def _plainly(line: str, column: int, error: dict[str, Any]) -> Explanation:
    found = _found(line, column, error)
    expected = _expected(error["expected"])
    message = f"{found} cannot stand here."
    if expected:
        message = f"{found} cannot stand here; expected {expected}."
    return Explanation("mermaid.syntax", message, "Correct or remove this line.")


def _found(line: str, column: int, error: dict[str, Any]) -> str:
    if error["token"] in ("NEWLINE", "EOF"):
        return "The end of the line"
    text = (error["text"] or "").strip() or line[column - 1 : column + 19].strip()
    return f"`{text[:40]}`" if text else "What follows"


def _expected(tokens: list[str]) -> str:
    words: list[str] = []
    for token in tokens:
        word = _TOKENS.get(token)
        if word is None:
            if token.endswith(("ARROW", "_POINT", "_CROSS")) or "ARROW" in token:
                word = "an arrow such as `->>`"
            elif token in _STATEMENTS:
                word = "a statement"
            else:
                word = f"`{token}`" if re.fullmatch(r"[a-z]+|[^\w\s]+", token) else ""
        if word and word not in words:
            words.append(word)
    return " or ".join((", ".join(words[:5]).rsplit(", ", 1)) if words else [])
