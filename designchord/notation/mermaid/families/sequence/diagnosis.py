"""Why a sequence diagram does not parse: the causes that are known, the most telling first."""

from __future__ import annotations

import re
from typing import Any, Final

from designchord.notation.mermaid.causes import Cause, Explanation, dash, fence, full_width, last_line, placeholder
from designchord.notation.mermaid.families.sequence.syntax import (
    ARROW,
    BLOCKS,
    KEYWORD_ID,
    open_blocks,
    split_statement_text,
)

_ARROW: Final = re.compile(ARROW)


def broken_rule(message: str, lines: list[str]) -> Explanation | None:
    who = re.search(r"\(([^()]*)\)", message)
    if who and (finding := _comment_in_name(who.group(1), lines)) is not None:
        return finding
    if "inactivate an inactive" in message:
        name = who.group(1) if who else "?"
        return Explanation(
            "sequence.deactivated_inactive",
            f"`{name}` is deactivated here but was not active.",
            "Activate it before (`activate` or `->>+`), or remove this `deactivate` or `-`.",
        )
    if "associated creating message" in message:
        return Explanation(
            "sequence.created_without_message",
            "A created participant gets no message right after `create`.",
            "Let the next message go to it.",
        )
    if "associated destroying message" in message:
        return Explanation(
            "sequence.destroyed_without_message",
            "A destroyed participant takes no part in the message after `destroy`.",
            "Let the next message come from or go to it.",
        )
    if "same id" in message:
        return Explanation(
            "sequence.created_twice",
            "A participant is created that exists already.",
            "Give it another id, and the same label with `as`.",
        )
    if "only be defined in one Box" in message:
        return Explanation("sequence.in_two_boxes", "A participant stands in two boxes.", "Name it in one box only.")
    return None


def _comment_in_name(name: str, lines: list[str]) -> Explanation | None:
    """``activate A %% now`` activates a participant of that whole name."""
    for number, line in enumerate(lines, 1):
        found = re.match(rf"\s*((?:activate|deactivate)\s+{re.escape(name)})\s+%%", line, re.IGNORECASE)
        if found:
            message = "The comment at the end of this line is read as part of the name."
            hint = f"Write `{found.group(1)[:60]}`, and the comment on a line of its own."
            return Explanation("sequence.comment_in_text", message, hint, (number, found.end() - 1))
    return None


def _several_arrows(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    if len(_ARROW.findall(lines[row - 1].partition(":")[0])) > 1:
        return Explanation("mermaid.several_arrows", "A message has one arrow.", "Write one line for each message.")
    return None


def _semicolon(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    place = _semicolon_place(lines, row)
    if place is None:
        return None
    number, column = place
    entity = re.search(r"&(#?\w+);$", lines[number - 1][:column])
    hint = "Write `#59;` for a semicolon in text."
    if entity:
        hint = f"Write `#{entity.group(1).lstrip('#')};` instead of `{entity.group()}`."
    message = "A semicolon ends the statement, so the rest of the text is not understood."
    return Explanation("mermaid.semicolon", message, hint, place)


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


def _keyword_id(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1].strip()
    named = re.match(r"(?:participant|actor)\s+(\S+)", line, re.IGNORECASE)
    word = named.group(1) if named else (line.split() or [""])[0]
    found = KEYWORD_ID.match(word)
    after = line[len(found.group()) :] if found and not named else ""
    if found and (named or re.match(rf"\S*\s*(?:{ARROW})", after) or _ARROW.search(line)):
        return Explanation(
            "mermaid.reserved_word",
            f"`{found.group()}` is a word of the notation and cannot begin a participant's id.",
            f"Use another id and keep the name as label: `participant {found.group()}_ as {found.group()}`.",
        )
    target = re.search(rf"(?:{ARROW})\s*[+-]?\s*([^:]+)", line)
    if target and KEYWORD_ID.match(target.group(1).strip()):
        name = target.group(1).strip()
        return Explanation(
            "mermaid.reserved_word",
            f"`{name}` is a word of the notation and cannot begin a participant's id.",
            f"Use another id and keep the name as label: `participant {name}_ as {name}`.",
        )
    return None


def _unbalanced(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    word = (lines[row - 1].split() or [""])[0].lower()
    if (finding := _ended_in_words(lines)) is not None:
        return finding
    if word == "end" and error["text"] == "end":
        return Explanation("mermaid.stray_end", "This `end` closes nothing.", "Remove it.")
    if word in ("else", "and", "option") and error["token"] == word:
        owner = {"else": "alt", "and": "par", "option": "critical"}[word]
        return Explanation(
            "mermaid.stray_branch",
            f"`{word}` belongs into a block that begins with `{owner}`.",
            f"Open the block with `{owner}`, or remove the `{word}`.",
        )
    blocks = open_blocks(lines[:row])
    if blocks and blocks[-1][0] == "box":
        return Explanation(
            "mermaid.box_content",
            "A box may hold only participants.",
            "Close it with `end` before this line.",
        )
    blocks = open_blocks(lines)
    if blocks and error["token"] in ("EOF", "$end", "NEWLINE") and row >= last_line(lines):
        name, opened = blocks[-1]
        return Explanation(
            "mermaid.unclosed_block",
            f"The `{name}` of line {opened} is not closed.",
            "Write `end` where it ends.",
        )
    return None


def _ended_in_words(lines: list[str]) -> Explanation | None:
    """``end alt`` ends a block and begins another one."""
    for number, line in enumerate(lines, 1):
        found = re.fullmatch(r"\s*end\s+([A-Za-z]\w*)\s*", line, re.IGNORECASE)
        if found and found.group(1).lower() in BLOCKS:
            message = f"`end` ends the block, and `{found.group(1)}` begins another one."
            return Explanation("mermaid.unclosed_block", message, "Write `end` alone.", (number, found.start(1) + 1))
    return None


#: Words of programming languages, and what is written for them.
_FOREIGN: Final = {
    **dict.fromkeys(("elseif", "elsif", "elif", "otherwise", "default", "case", "except", "catch"), "else"),
    **dict.fromkeys(("if", "switch", "when", "try"), "alt"),
    **dict.fromkeys(("while", "for", "foreach", "repeat", "until"), "loop"),
    **dict.fromkeys(("endif", "endloop", "endalt", "endopt", "endpar", "fi", "done", "}"), "end"),
    **dict.fromkeys(("group", "section"), "opt"),
}


def _foreign_word(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1].strip()
    word, _, rest = line.partition(" ")
    right = _FOREIGN.get(word.lower().rstrip(":{"))
    if right is None or _ARROW.search(line):
        return None
    rest = "" if right == "end" else rest.strip("{}:() ")
    return Explanation(
        "mermaid.no_statement",
        f"`{word}` is not a word of a sequence diagram.",
        f"Write `{f'{right} {rest}'.strip()[:80]}`." + (" The block ends with `end`." if right in BLOCKS else ""),
    )


def _sign_behind(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    """``A->>B+: x``: what activates stands before the name."""
    found = re.match(rf"\s*([^:]+?(?:{ARROW}))\s*([^:+-][^:]*?)\s*([+-])\s*(:.*)$", lines[row - 1])
    if found is None:
        return None
    right = f"{found.group(1)}{found.group(3)}{found.group(2)}{found.group(4)}"[:80]
    return Explanation(
        "mermaid.syntax",
        f"`{found.group(3)}` stands before the name of the receiver.",
        f"Write `{right}`.",
        (row, found.start(3) + 1),
    )


def _no_text(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1].strip()
    if error["token"] in ("NEWLINE", "EOF") and _ARROW.search(line) and ":" not in line:
        if re.search(rf"(?:{ARROW})\s*[+-]?\s*$", line):
            return Explanation("mermaid.no_target", "The message goes to nobody.", "Name the receiver: `A->>B: text`.")
        head = re.match(rf"(.*(?:{ARROW})\s*[+-]?\s*\S+)\s*(.*)$", line)
        right = f"{head.group(1)}: {head.group(2) or 'text'}" if head else "A->>B: text"
        return Explanation(
            "mermaid.no_text", "The message has no text.", f"Write a colon and the text: `{right[:80]}`."
        )
    if re.match(r"note\b", line, re.IGNORECASE):
        return Explanation(
            "mermaid.note",
            "This note is not understood.",
            "Write `Note over A,B: text`, `Note right of A: text` or `Note left of A: text`.",
        )
    return None


#: Signs between two names that are meant for an arrow.
_MEANT: Final = re.compile(r"^\s*[^\s:;]{1,80}?\s*([-=~.<>]{2,6}[x)]?)\s*[^\s:;][^:;]{0,80}:")


def _no_arrow(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1]
    meant = None if _ARROW.search(line.partition(":")[0]) else _MEANT.match(line)
    if meant is None:
        return None
    return Explanation(
        "sequence.no_arrow",
        f"`{meant.group(1)}` is no arrow of a sequence diagram.",
        "Arrows are `->>`, `-->>`, `->`, `-->`, `-x`, `--x`, `-)` and `--)`: `A->>B: text`.",
        (row, meant.start(1) + 1),
    )


def _no_statement(lines: list[str], row: int, error: dict[str, Any]) -> Explanation | None:
    line = lines[row - 1].strip()
    if _ARROW.search(line) or re.match(r"(participant|actor|create|destroy|autonumber)\b", line, re.IGNORECASE):
        return None
    if (line.split() or [""])[0].lower() in BLOCKS:
        return None
    if re.match(r"sequenceDiagram\W", line, re.IGNORECASE):
        return Explanation("mermaid.header", f"`{line[:60]}` is not a header.", "Write `sequenceDiagram` alone.")
    return Explanation(
        "mermaid.no_statement",
        f"`{line[:60]}` is not a statement of a sequence diagram.",
        "Remove it, or make it a note: `Note over A: text`. A line break in a text is written `<br/>`.",
    )


CAUSES: Final[tuple[Cause, ...]] = (
    fence,
    placeholder,
    full_width,
    dash,
    _foreign_word,
    _unbalanced,
    _semicolon,
    _keyword_id,
    _several_arrows,
    _sign_behind,
    _no_text,
    _no_arrow,
    _no_statement,
)
