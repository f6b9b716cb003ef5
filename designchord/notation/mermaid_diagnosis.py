"""A parse error in plain words: where, what was found, what was expected, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, Literal

from designchord.notation.mermaid_syntax import (
    ARROW,
    BLOCKS,
    ER_CONSTRAINT,
    KEYWORD_ID,
    er_block_line,
    open_blocks,
    split_statement_text,
)
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
_OTHER_DIAGRAMS: Final = (
    "flowchart|graph|classDiagram(?:-v2)?|stateDiagram(?:-v2)?|gantt|pie|mindmap|timeline|journey|gitGraph|C4\\w+|"
    "quadrantChart|requirementDiagram|sankey(?:-beta)?|xychart(?:-beta)?|block(?:-beta)?|packet(?:-beta)?|kanban|"
    "architecture(?:-beta)?|zenuml|radar-beta|treemap(?:-beta)?"
)

Finding = tuple[str, str, str]  # code, message, hint


def no_diagram(text: str) -> Problem:
    """Why a text does not even begin as a diagram."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines, 1) if _says_something(line)), None)
    if first is None:
        return _error(
            ("mermaid.empty", "There is no diagram here.", "Begin with `sequenceDiagram` or `erDiagram`."), None
        )
    line = lines[first - 1].strip()
    start = next((n for n, text in enumerate(lines, 1) if re.match(r"\s*(sequenceDiagram|erDiagram)\b", text)), None)
    if re.match(r"(`{3,}|~{3,})", line):
        return _error(
            ("mermaid.fence", "The diagram still stands in a Markdown code fence.", "Remove the ``` lines."), first, 1
        )
    if start is not None:
        return _error(
            ("mermaid.prose", "There is text before the diagram.", f"Remove everything before line {start}."), first, 1
        )
    if re.match(rf"({_OTHER_DIAGRAMS})\b", line):
        name = line.split()[0]
        return _error(
            (
                "mermaid.wrong_type",
                f"This is a `{name}` diagram.",
                "Only `sequenceDiagram` and `erDiagram` are read here.",
            ),
            first,
            1,
        )
    near = re.match(r"(sequence|er)[\s_-]*diagram\b", line, re.IGNORECASE)
    if near:
        name = "sequenceDiagram" if near.group(1).lower() == "sequence" else "erDiagram"
        return _error(("mermaid.header", f"`{near.group()}` is not a header.", f"Write `{name}`."), first, 1)
    return _error(
        (
            "mermaid.no_header",
            "The text does not begin as a diagram.",
            "The first line must be `sequenceDiagram` or `erDiagram`.",
        ),
        first,
        1,
    )


def explain(text: str, kind: Literal["sequence", "er"], error: dict[str, Any]) -> Problem:
    """The grammar's error as a finding: the known cause where there is one, else what was found and expected."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at = error.get("at") or {"line": 1, "column": 1}
    row, column = int(at["line"]), int(at["column"])
    while row > 1 and not lines[row - 1].strip():  # the end of a text: point at its last line that says something
        row -= 1
        column = len(lines[row - 1]) + 1
    if not isinstance(error["token"], str) and error["kind"] == "syntax":  # jison's number for the end of the text
        error = {**error, "token": "EOF"}
        row = _last(lines)
        column = len(lines[row - 1].rstrip()) + 1
    if error["kind"] == "rule":
        return _error(_broken_rule(error["message"]), row, column)
    if kind == "er":
        row, column = _shift_before(lines, row) or (row, column)
    causes = _SEQUENCE_CAUSES if kind == "sequence" else _ER_CAUSES
    for cause in causes:
        finding = cause(lines, row, error)
        if finding is not None:
            place = _semicolon_place(lines, row) if cause is _semicolon else None
            return _error(finding, *(place or (row, column)))
    return _error(_plainly(lines[row - 1], column, error), row, column)


def _error(finding: Finding, line: int | None, column: int | None = None) -> Problem:
    code, message, hint = finding
    return Problem(code=code, severity="error", message=message, hint=hint, line=line, column=column)


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith("%%")


def _plainly(line: str, column: int, error: dict[str, Any]) -> Finding:
    found = _found(line, column, error)
    expected = _expected(error["expected"])
    message = f"{found} cannot stand here."
    if expected:
        message = f"{found} cannot stand here; expected {expected}."
    return "mermaid.syntax", message, "Correct or remove this line."


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


def _broken_rule(message: str) -> Finding:
    who = re.search(r"\(([^()]*)\)", message)
    if "inactivate an inactive" in message:
        name = who.group(1) if who else "?"
        return (
            "sequence.deactivated_inactive",
            f"`{name}` is deactivated here but was not active.",
            "Activate it before (`activate` or `->>+`), or remove this `deactivate` or `-`.",
        )
    if "associated creating message" in message:
        return (
            "sequence.created_without_message",
            "A created participant gets no message right after `create`.",
            "Let the next message go to it.",
        )
    if "associated destroying message" in message:
        return (
            "sequence.destroyed_without_message",
            "A destroyed participant takes no part in the message after `destroy`.",
            "Let the next message come from or go to it.",
        )
    if "same id" in message:
        return (
            "sequence.created_twice",
            "A participant is created that exists already.",
            "Give it another id, and the same label with `as`.",
        )
    if "only be defined in one Box" in message:
        return ("sequence.in_two_boxes", "A participant stands in two boxes.", "Name it in one box only.")
    return ("mermaid.rule", "The diagram breaks a rule of Mermaid.", "Correct or remove this line.")


# --- sequence: causes, the most telling first ---------------------------------------------------------------------


def _fence(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    if re.match(r"\s*(`{3,}|~{3,})", lines[row - 1]):
        return ("mermaid.fence", "A Markdown code fence stands in the diagram.", "Remove the ``` lines.")
    return None


def _placeholder(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    line = lines[row - 1].strip()
    if re.fullmatch(r"\.{2,}|…|\[[^\]|]*\]|<[^<>|]*>", line):
        return ("mermaid.placeholder", f"`{line[:60]}` only stands for a diagram.", "Write what belongs here.")
    return None


def _several_arrows(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    if len(ARROW_ANYWHERE.findall(lines[row - 1].partition(":")[0])) > 1:
        return ("mermaid.several_arrows", "A message has one arrow.", "Write one line for each message.")
    return None


def _semicolon(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    if _semicolon_place(lines, row) is None:
        return None
    return (
        "mermaid.semicolon",
        "A semicolon ends the statement, so the rest of the text is not understood.",
        "Write `#59;` for a semicolon in text.",
    )


def _semicolon_place(lines: list[str], row: int) -> tuple[int, int] | None:
    """Line and column of the semicolon that broke a text, on the line of the error or the one before it."""
    for number in (row, row - 1):
        parts = split_statement_text(lines[number - 1]) if number >= 1 else None
        if parts is None:
            continue
        syntax, text = parts
        found = re.search(r";\s*\S", re.sub(r"#\w+;", lambda entity: "_" * len(entity.group()), text))
        if found:
            return number, len(syntax) + found.start() + 1
        if number == row:
            return None
    return None


def _keyword_id(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    line = lines[row - 1].strip()
    named = re.match(r"(?:participant|actor)\s+(\S+)", line, re.IGNORECASE)
    word = named.group(1) if named else (line.split() or [""])[0]
    found = KEYWORD_ID.match(word)
    after = line[len(found.group()) :] if found and not named else ""
    if found and (named or re.match(rf"\S*\s*(?:{ARROW})", after) or ARROW_ANYWHERE.search(line)):
        return (
            "mermaid.reserved_word",
            f"`{found.group()}` is a word of the notation and cannot begin a participant's id.",
            f"Use another id and keep the name as label: `participant {found.group()}_ as {found.group()}`.",
        )
    target = re.search(rf"(?:{ARROW})\s*[+-]?\s*([^:]+)", line)
    if target and KEYWORD_ID.match(target.group(1).strip()):
        name = target.group(1).strip()
        return (
            "mermaid.reserved_word",
            f"`{name}` is a word of the notation and cannot begin a participant's id.",
            f"Use another id and keep the name as label: `participant {name}_ as {name}`.",
        )
    return None


ARROW_ANYWHERE: Final = re.compile(ARROW)


def _unbalanced(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    word = (lines[row - 1].split() or [""])[0].lower()
    if word == "end" and error["text"] == "end":
        return ("mermaid.stray_end", "This `end` closes nothing.", "Remove it.")
    if word in ("else", "and", "option") and error["token"] == word:
        owner = {"else": "alt", "and": "par", "option": "critical"}[word]
        return (
            "mermaid.stray_branch",
            f"`{word}` belongs into a block that begins with `{owner}`.",
            f"Open the block with `{owner}`, or remove the `{word}`.",
        )
    blocks = open_blocks(lines[:row])
    if blocks and blocks[-1][0] == "box":
        return (
            "mermaid.box_content",
            "A box may hold only participants.",
            "Close it with `end` before this line.",
        )
    blocks = open_blocks(lines)
    if blocks and error["token"] in ("EOF", "$end", "NEWLINE") and row >= _last(lines):
        name, opened = blocks[-1]
        return (
            "mermaid.unclosed_block",
            f"The `{name}` of line {opened} is not closed.",
            "Write `end` where it ends.",
        )
    return None


def _last(lines: list[str]) -> int:
    return max((number for number, line in enumerate(lines, 1) if line.strip()), default=1)


def _no_text(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    line = lines[row - 1].strip()
    if error["token"] in ("NEWLINE", "EOF") and ARROW_ANYWHERE.search(line) and ":" not in line:
        if re.search(rf"(?:{ARROW})\s*[+-]?\s*$", line):
            return ("mermaid.no_target", "The message goes to nobody.", "Name the receiver: `A->>B: text`.")
        return ("mermaid.no_text", "The message has no text.", "Write a colon and the text: `A->>B: text`.")
    if re.match(r"note\b", line, re.IGNORECASE):
        return (
            "mermaid.note",
            "This note is not understood.",
            "Write `Note over A,B: text`, `Note right of A: text` or `Note left of A: text`.",
        )
    return None


def _no_statement(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    line = lines[row - 1].strip()
    if ARROW_ANYWHERE.search(line) or re.match(r"(participant|actor|create|destroy|autonumber)\b", line, re.IGNORECASE):
        return None
    if (line.split() or [""])[0].lower() in BLOCKS:
        return None
    return (
        "mermaid.no_statement",
        f"`{line[:60]}` is not a statement of a sequence diagram.",
        "Remove it, or make it a note: `Note over A: text`. A line break in a text is written `<br/>`.",
    )


# --- ER -----------------------------------------------------------------------------------------------------------


def _shift_before(lines: list[str], row: int) -> tuple[int, int] | None:
    """The line in the same entity whose surplus words pushed the reading out of step before it broke."""
    start = row
    while start > 1 and er_block_line(lines, start - 1):
        start -= 1
    for number in range(start, row):
        line = re.sub(r'"[^"]*"', "", lines[number - 1])
        words = re.sub(r"\b(PK|FK|UK)\b|,", " ", line, flags=re.IGNORECASE).split()
        if er_block_line(lines, number) and len(words) % 2 and not line.strip().startswith("%%"):
            return number, len(line) - len(line.lstrip()) + 1
    return None


def _er_stray_comment(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    if re.match(r"\s*(//|#|--\s)", lines[row - 1]):
        return ("mermaid.comment", "This is not a comment in Mermaid.", "Comments begin with `%%`.")
    return None


def _er_attribute(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    # an attribute that ends too early is noticed at the first word of the next line
    for number in (row, row - 1):
        if number < 1 or not er_block_line(lines, number):
            continue
        finding = _attribute_line(lines[number - 1].strip())
        if finding is not None:
            return finding
    return None


def _attribute_line(line: str) -> Finding | None:
    bare = re.sub(r'"[^"]*"', "", line)
    if re.search(r"\b(PK|FK|UK)\b[\s/|&+]+(PK|FK|UK)\b", bare, re.IGNORECASE):
        return ("er.key_comma", "Two keys need a comma between them.", "Write `PK, FK`.")
    if re.match(r"\S+\([^)]*\s[^)]*\)", bare):
        return ("er.type_space", "A type cannot hold a space.", "Write `decimal(10,2)`, without the space.")
    if re.match(r"enum\s*\(.*['\"]", line, re.IGNORECASE):
        return (
            "er.enum_values",
            "The values of an enum cannot stand in the type.",
            'Write `enum status "open, closed"`.',
        )
    constraint = ER_CONSTRAINT.search(bare)
    if constraint and len(bare.split()) > 2:
        return (
            "er.constraint_word",
            f"`{constraint.group()}` cannot stand in an attribute.",
            'Put it into the comment: `string name "not null"`. Unique is `UK`.',
        )
    if re.fullmatch(r"[\w\u00c0-\uffff]+\s*((PK|FK|UK)\b.*)?", bare):
        return ("er.attribute_type", "An attribute needs a type and a name.", "Write `string name`.")
    if re.match(r"[+\-#~]?\s*\w+\s*:", bare):
        return ("er.attribute_order", "An attribute is written as type, then name.", "Write `string name`.")
    if re.match(r"\S+\s+\d", bare):
        return (
            "er.attribute_name",
            "An attribute's name cannot begin with a digit.",
            "Begin it with a letter, for example `_50`.",
        )
    return None


def _er_relation(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    line = lines[row - 1]
    if er_block_line(lines, row) or not re.search(r"--|\.\.|—|–|->|<-", line):
        return None
    if error["token"] in ("NEWLINE", "EOF") and ":" not in line:
        return ("er.no_label", "A relation needs a label.", 'Write it at the end: `A ||--o{ B : "has"`.')
    label = line.split(":", 1)[1].strip() if ":" in line else ""
    if label and not label.startswith('"') and line.index(":") < int(error["at"]["column"]):
        return ("er.label_quotes", "A label of several words stands in quotes.", 'Write `A ||--o{ B : "has many"`.')
    return (
        "er.cardinality",
        "This relation's ends are not understood.",
        "Each end is one of `||` (one), `|o`/`o|` (none or one), `}|`/`|{` (one or more), `}o`/`o{` (any number), "
        'joined by `--` or `..`: `A ||--o{ B : "has"`.',
    )


def _er_block(lines: list[str], row: int, error: dict[str, Any]) -> Finding | None:
    line = lines[row - 1].strip()
    depth = sum(re.sub(r'"[^"]*"', "", text).count("{") for text in lines[:row] if not re.search(r"--|\.\.", text))
    depth -= sum(re.sub(r'"[^"]*"', "", text).count("}") for text in lines[:row] if not re.search(r"--|\.\.", text))
    if line.startswith("}") and depth < 0:
        return ("mermaid.stray_end", "This `}` closes nothing.", "Remove it.")
    if depth > 0 and (re.match(r"\S+\s*\{", line) or error["token"] in ("EOF", "$end") or row >= _last(lines)):
        return ("mermaid.unclosed_block", "An entity's `{` is not closed.", "Write `}` after its last attribute.")
    if re.match(r"[^\"{]+\s[^\"{]+\{", line):
        return ("er.entity_name", "An entity's name of several words stands in quotes.", 'Write `"Order Item" {`.')
    return None


Cause = Callable[[list[str], int, dict[str, Any]], "Finding | None"]
_SEQUENCE_CAUSES: Final[tuple[Cause, ...]] = (
    _fence,
    _placeholder,
    _unbalanced,
    _semicolon,
    _keyword_id,
    _several_arrows,
    _no_text,
    _no_statement,
)
_ER_CAUSES: Final[tuple[Cause, ...]] = (_fence, _placeholder, _er_stray_comment, _er_attribute, _er_relation, _er_block)
