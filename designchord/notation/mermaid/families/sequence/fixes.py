"""Repairs of sequence diagrams that need no guessing, each built from what goes wrong in practice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from designchord.notation.mermaid.families.sequence.blocks import balance, close_boxes, correct_branches
from designchord.notation.mermaid.families.sequence.syntax import (
    ARROW,
    BLOCKS,
    KEYWORD_ID,
    first_word,
    is_statement,
    split_statement_text,
)
from designchord.notation.mermaid.fixing import (
    SHARED,
    Line,
    Lines,
    NotUnderstood,
    Repair,
    commented,
    each_line,
    joined,
    reads,
    repair,
    with_header,
    without_broken_end,
)
from designchord.notation.mermaid.parsing import parse
from designchord.notation.problems import Fix

Change = tuple[str, str, str] | None


def _reads_alone(text: str) -> bool:
    return reads(f"sequenceDiagram\n{text}")


def fix(source: str) -> tuple[str, tuple[Fix, ...]]:
    return repair(source, _REPAIRS)


# --- arrows and words of other notations --------------------------------------------------------------------------

_ARROWS: Final = (
    (r"(?:-->>>+|⇢|⤏|--→|-\.->>?|\.\.>>?|- ->>|-- ?> ?>|[—–−]{2}>>?)", "-->>"),
    (r"(?:->>>+|→|⟶|➡|➔|➜|⇒|==?>>?|~>>?|- ?> ?>|[—–−]>>?)", "->>"),
)


def _arrow(text: str) -> Change:
    head, colon, rest = text.partition(":")
    if re.search(ARROW, head) and not re.search(r"->>>|-->>>", head):
        return None
    if first_word(head) in _TEXT_WORDS and not re.match(r"\s*\w+\s*[→⇢—–]", head):
        return None
    if not colon or not re.match(r"^\s*[\w .\"'-]+[^\w\s]+[\w .\"'+-]+$", head):
        return None
    for pattern, arrow in _ARROWS:
        changed, count = re.subn(rf"^(\s*[^\s:].*?)\s*{pattern}\s*(?=[+-]?\s*\S)", rf"\1{arrow}", head, count=1)
        if count:
            return changed + colon + rest, "sequence.arrow", f"Wrote the arrow as `{arrow}`."
    back = re.match(r"^(\s*)([^\s:<]+)\s*<(-{1,2})(?!>)[-<]*\s*([^\s:]+)\s*$", head)
    if back and colon:
        arrow = "-->>" if back.group(3) == "--" else "->>"
        turned = f"{back.group(1)}{back.group(4)}{arrow}{back.group(2)}:{rest}"
        return turned, "sequence.arrow", "Turned an arrow that points to the left."
    return None


_TEXT_WORDS: Final = BLOCKS | {"else", "and", "option", "title", "note"}
_FOREIGN: Final = re.compile(r"^\s*(@startuml|@enduml|skinparam\b.*|hide\b.*|\.\.\.)\s*$", re.IGNORECASE)
_FOREIGN_PARTICIPANT: Final = re.compile(
    r"^(\s*)(?:database|entity|boundary|control|queue|collections|component|service|system)(\s+\S+(?:\s+as\s+.*)?)$",
    re.IGNORECASE,
)


def _foreign(text: str) -> Change:
    if _FOREIGN.match(text):
        return f"%% {text.strip()}", "sequence.foreign", "Made a comment of a line of another notation."
    found = _FOREIGN_PARTICIPANT.match(text)
    if found and not re.search(ARROW, text) and ":" not in text:
        return f"{found.group(1)}participant{found.group(2)}", "sequence.foreign", "Declared it with `participant`."
    return None


# --- free text ----------------------------------------------------------------------------------------------------


def _semicolons(text: str) -> Change:
    parts = split_statement_text(text)
    if parts is None:
        return None
    syntax, words = parts
    words = re.sub(r"&(#?\w+);", _entity, words)
    rest = [piece for piece in re.sub(r"#\w+;", "", words).split(";")[1:] if piece.strip()]
    if not rest or all(is_statement(piece) for piece in rest):
        changed = syntax + words  # further statements on the same line, or a harmless end
        return (changed, "mermaid.html_entity", "Wrote HTML entities as `#…;`.") if changed != text else None
    escaped = re.sub(r"(#\w+;)|;", lambda found: found.group(1) or "#59;", words)
    return syntax + escaped, "mermaid.semicolon", "Wrote semicolons in the text as `#59;`."


def _entity(found: re.Match[str]) -> str:
    name = found.group(1)
    return f"#{name.removeprefix('#')};"


def _note(text: str) -> Change:
    found = re.match(r"^(\s*note)\s+(left|right)\s+(?!of\b)([^:]+):(.*)$", text, re.IGNORECASE)
    if found:
        start, side, who, words = found.groups()
        return f"{start} {side} of {who.strip()}:{words}", "sequence.note", f"Wrote `{side} of`."
    found = re.match(r"^(\s*note\s+(?:over|left of|right of)\s+[\w,]+)\s+(\w[^:]*)$", text, re.IGNORECASE)
    if found:
        return f"{found.group(1)}: {found.group(2)}", "sequence.note", "Added the missing colon."
    found = re.match(r"^(\s*note\s+over\s+)([^:]+):(.*)$", text, re.IGNORECASE)
    if found:
        names = [name.strip() for name in found.group(2).split(",")]
        if len(names) > 2:
            spread = f"{found.group(1)}{names[0]},{names[-1]}:{found.group(3)}"
            return spread, "sequence.note", "A note spans its first and last participant."
    return None


def _activation(text: str) -> Change:
    found = re.match(r"^(\s*(?:de)?activate\s+[^\s:#]+)\s*[:#].*$", text, re.IGNORECASE)
    return (found.group(1), "sequence.activation", "Removed what follows the participant.") if found else None


def _accessibility(text: str) -> Change:
    found = re.match(r"^(\s*(?:accTitle|accDescr))\s+(?![:{])(\S.*)$", text)
    return (f"{found.group(1)}: {found.group(2)}", "mermaid.colon", "Added the missing colon.") if found else None


def _numbering(text: str) -> Change:
    found = re.match(r"^(\s*autonumber)((?:\s+\d+(?:\.\d+)?){0,2})\s+(\S.*)$", text, re.IGNORECASE)
    if found is None or found.group(3).lower().strip() == "off" or re.fullmatch(r"[\d.]+", found.group(3).strip()):
        return None
    start, numbers, rest = found.groups()
    indent = start[: len(start) - len(start.lstrip())]
    if is_statement(rest):
        return (
            f"{start}{numbers}\n{indent}{rest}",
            "sequence.statement_break",
            "Began a new line for the next statement.",
        )
    return f"{start}{numbers}", "sequence.autonumber", "`autonumber` takes numbers only."


def _split_lines(lines: Lines) -> tuple[Lines, list[Fix]]:
    result: Lines = []
    fixes: list[Fix] = []
    for line in lines:
        changed = _numbering(line.text)
        if changed is None:
            result.append(line)
            continue
        result += [line.become(text) for text in changed[0].split("\n")]
        fixes.append(Fix(changed[1], changed[2], line.number))
    return result, fixes


def _pseudo_statements(lines: Lines) -> tuple[Lines, list[Fix]]:
    wrong = [
        i for i, line in enumerate(lines) if re.match(r"^\s*(properties|details|links?)\s*:", line.text, re.IGNORECASE)
    ]
    return commented(lines, wrong, "sequence.no_statement", "Kept a line as a comment that draws nothing.")


def _missing_colons(lines: Lines) -> tuple[Lines, list[Fix]]:
    """``A->>B hello``, where ``B`` is a participant that other lines know."""
    names = {name for name in _names(lines) if re.fullmatch(r"\w+", name)}

    def change(text: str) -> Change:
        found = re.match(rf"^(\s*[^\s:]+?\s*(?:{ARROW})\s*[+-]?\s*(\w+))\s+(\w[^:]*)$", text)
        if found is None or found.group(2) not in names:
            return None
        return f"{found.group(1)}: {found.group(3)}", "sequence.no_text", "Added the missing colon."

    return each_line(change)(lines)


def _block_notes(lines: Lines) -> tuple[Lines, list[Fix]]:
    """Notes of another notation: ``note over A``, lines of text, ``end note``."""
    result: Lines = []
    fixes: list[Fix] = []
    note: Line | None = None
    words: list[str] = []
    for line in lines:
        if note is not None and re.match(r"^\s*end\s*note\s*$", line.text, re.IGNORECASE):
            result.append(note.become(f"{note.text.rstrip()}: {'<br/>'.join(words)}"))
            fixes.append(Fix("sequence.note", "Wrote a note of several lines with `<br/>`.", note.number))
            note = None
        elif note is not None:
            words.append(line.text.strip())
        elif re.match(r"^\s*note\s+(?:over|left of|right of)\s+[^:]+$", line.text, re.IGNORECASE):
            note, words = line, []
        else:
            result.append(line)
    return (lines, []) if note is not None else (result, fixes)


def _formulas(text: str) -> Change:
    """A formula as plain text: nothing here draws formulas."""
    return text.replace("$$", "#36;#36;"), "mermaid.refused.math", "Wrote a formula as plain text."


def _full_width(text: str) -> Change:
    """``A->>B： text``: the colon of another script, where a message or note has no other."""
    head = text.partition("：")[0]
    if ":" in text or "：" not in text or not (re.search(ARROW, head) or re.match(r"\s*note\s", head, re.IGNORECASE)):
        return None
    return re.sub("：\\s*", ": ", text, count=1), "mermaid.full_width", "Wrote a full-width colon as `:`."


def _missing_text(text: str) -> Change:
    if ":" in text or first_word(text) in _TEXT_WORDS:
        return None
    found = re.match(rf"^\s*[^\s:]+?\s*(?:{ARROW})\s*[+-]?\s*[\w.-]+\s*$", text)
    return (f"{text.rstrip()}: ", "sequence.no_text", "Added the missing colon.") if found else None


def _continuations(lines: Lines) -> tuple[Lines, list[Fix]]:
    """Lines that go on with the text of a message or note are joined to it with ``<br/>``."""
    result: Lines = []
    fixes: list[Fix] = []
    for line in lines:
        before = result[-1].text if result else ""
        if line.text.strip() and not _stands_alone(line.text) and _has_open_text(before):
            words = re.sub(r"(#\w+;)|;", lambda found: found.group(1) or "#59;", line.text.strip())
            words = re.sub(r"#(?!\w+;)", "#35;", words)
            result[-1] = result[-1].become(f"{before.rstrip()}<br/>{words}")
            fixes.append(Fix("sequence.text_lines", "Joined a text of several lines with `<br/>`.", line.number))
        else:
            result.append(line)
    return _behind_comments(result, fixes)


def _behind_comments(lines: Lines, fixes: list[Fix]) -> tuple[Lines, list[Fix]]:
    """The same where comments stand between the message and the lines that go on with it."""
    result: Lines = []
    for line in lines:
        if line.text.strip() and not _stands_alone(line.text) and result and result[-1].text.strip().startswith("%%"):
            index = next((i for i in range(len(result) - 1, -1, -1) if not result[i].text.strip().startswith("%%")), -1)
            if index >= 0 and _has_open_text(result[index].text):
                result[index] = result[index].become(f"{result[index].text.rstrip()}<br/>{line.text.strip()}")
                fixes.append(Fix("sequence.text_lines", "Joined a text of several lines with `<br/>`.", line.number))
                continue
        result.append(line)
    return result, fixes


def _stands_alone(text: str) -> bool:
    if re.match(rf"^\s*[^\s:]+\s*(?:{ARROW})", text):
        return True
    word = first_word(text)
    if word in ("end", "exit", "return", "stop"):
        return bool(re.match(r"^\s*\w+\s*$", text))
    if word in ("note", "create", "title", "box") and not re.match(
        r"^\s*(note\s+(over|left|right)\b|create\s+(participant|actor)\b|title\b|box\b)", text, re.IGNORECASE
    ):
        return False
    return is_statement(text)


def _is_whole(text: str) -> bool:
    """Whether a line says all that its statement needs."""
    if re.search(ARROW, text.partition(":")[0]) or first_word(text) == "note":
        return ":" in text
    return is_statement(text) and not re.match(r"^\s*(participant|actor|create|destroy|(de)?activate)\s*$", text)


def _has_open_text(text: str) -> bool:
    parts = split_statement_text(text)
    return parts is not None and first_word(text) not in _TEXT_WORDS - {"note"} and bool(parts[1].strip())


# --- participants -------------------------------------------------------------------------------------------------

_DECLARED: Final = re.compile(r"^(\s*(?:create\s+)?(?:participant|actor)\s+)(.+?)(?:\s+as\s+(.*?))?\s*$", re.IGNORECASE)
_SENDER: Final = re.compile(rf"^\s*([^\s:;%][^:;]*?)\s*(?:{ARROW})\s*[+-]?\s*([^:;]+?)\s*:")


_QUOTED_AS: Final = re.compile(r'^(\s*(?:create\s+)?(?:participant|actor)\s+)"([^"]+)"\s+as\s+(\w+)\s*$', re.IGNORECASE)


def _labels_first(lines: Lines) -> tuple[Lines, list[Fix]]:
    """``participant "Ticket kiosk" as K``, where ``K`` is what messages call it: other notations write it so."""
    used = {name for line in lines if not _DECLARED.match(line.text) for name in _sender_and_receiver(line.text)}
    result: Lines = []
    fixes: list[Fix] = []
    for line in lines:
        found = _QUOTED_AS.match(line.text)
        if found:
            label, name = found.group(2), found.group(3)
            if f'"{label}"' in used or label in used or name not in used:
                raise NotUnderstood
            line = line.become(f"{found.group(1)}{name} as {label}")
            fixes.append(Fix("sequence.participant_id", "Wrote the id first and the label behind `as`.", line.number))
        result.append(line)
    return result, fixes


def _sender_and_receiver(text: str) -> tuple[str, ...]:
    sent = _SENDER.match(text)
    return tuple(name.strip() for name in sent.groups()) if sent else ()


def _reserved_ids(lines: Lines) -> tuple[Lines, list[Fix]]:
    return _rename(lines, lambda name: KEYWORD_ID.match(name) is not None)


def _unreadable_ids(lines: Lines) -> tuple[Lines, list[Fix]]:
    return _rename(
        lines, lambda name: not re.search(ARROW, name) and re.search(r"[/\\+(),:;\"'@#&|]", name) is not None
    )


def _rename(lines: Lines, is_bad: Callable[[str], bool]) -> tuple[Lines, list[Fix]]:
    """Give participants with bad ids a good one and keep the name as label."""
    first_seen = _names(lines)
    taken = set(first_seen)
    fixes: list[Fix] = []
    for name in sorted((name for name in first_seen if is_bad(name)), key=len, reverse=True):
        new = re.sub(r"\W+", "_", name).strip("_") or "P"
        new = f"{new}_" if KEYWORD_ID.fullmatch(new) or new[0].isdigit() else new
        while new in taken:
            new += "_"
        taken.add(new)
        number, declared = first_seen[name]
        lines = [line.become(_renamed(line.text, name, new)) for line in lines]
        if not declared:
            index = next(i for i, line in enumerate(lines) if line.number == number)
            indent = lines[index].text[: len(lines[index].text) - len(lines[index].text.lstrip())]
            label = name.strip("\"'")
            lines = [*lines[:index], Line(number, f"{indent}participant {new} as {label}"), *lines[index:]]
        fixes.append(Fix("sequence.participant_id", f"Renamed the participant `{name}` to `{new}`.", number))
    return lines, fixes


def _names(lines: Lines) -> dict[str, tuple[int, bool]]:
    """Each participant's name → its first line and whether it is declared there."""
    names: dict[str, tuple[int, bool]] = {}
    for line in lines:
        declared = _DECLARED.match(line.text)
        if declared:
            names.setdefault(declared.group(2).strip(), (line.number, True))
            continue
        sent = _SENDER.match(line.text)
        if sent and not re.match(r"^\s*note\s", line.text, re.IGNORECASE):
            for name in sent.groups():
                names.setdefault(name.strip(), (line.number, False))
    return names


def _renamed(text: str, old: str, new: str) -> str:
    declared = _DECLARED.match(text)
    if declared and declared.group(2).strip() == old:
        label = declared.group(3) or old.strip("\"'")
        return f"{declared.group(1)}{new} as {label}"
    name = re.escape(old)
    head, colon, words = text.partition(":")
    if ":" in old and old in text:
        head, colon, words = text, "", ""
    if re.search(ARROW, head) or old in head:
        head = re.sub(rf"^(\s*){name}(?=\s*(?:{ARROW}))", rf"\g<1>{new}", head)
        head = re.sub(rf"((?:{ARROW})\s*[+-]?\s*){name}(?=\s*$|:)", rf"\g<1>{new}", head)
        head = re.sub(
            rf"^(\s*note\s+(?:over|left of|right of)\s+(?:[^:]*,\s*)?){name}(?=\s*(?:,|$))",
            rf"\g<1>{new}",
            head,
            flags=re.IGNORECASE,
        )
        head = re.sub(rf"^(\s*note\s+over\s+){name}(?=\s*,)", rf"\g<1>{new}", head, flags=re.IGNORECASE)
        head = re.sub(rf"^(\s*(?:(?:de)?activate|destroy)\s+){name}(?=\s*$)", rf"\g<1>{new}", head, flags=re.IGNORECASE)
    return head + colon + words


# --- what only the parser can tell --------------------------------------------------------------------------------


def _inactive(lines: Lines) -> tuple[Lines, list[Fix]]:
    """Remove deactivations of what is not active, one after the other, as the parser finds them."""
    fixes: list[Fix] = []
    for _ in range(30 if len(lines) < 300 else 3):  # each round reads the whole text
        error = next((p for p in parse(joined(lines)).problems if p.code == "sequence.deactivated_inactive"), None)
        if error is None or error.line is None:
            break
        index = error.line - 1
        line = lines[index]
        if re.match(r"^\s*deactivate\b", line.text, re.IGNORECASE):
            lines = lines[:index] + lines[index + 1 :]
        else:
            lines = [
                *lines[:index],
                line.become(re.sub(rf"({ARROW})\s*-", r"\1", line.text, count=1)),
                *lines[index + 1 :],
            ]
        fixes.append(Fix("sequence.deactivated_inactive", "Removed a deactivation of what is not active.", line.number))
    return lines, fixes


def _strays(lines: Lines) -> tuple[Lines, list[Fix]]:
    """Lines that are no statements become comments, a few at most: more would be another text, not a repair."""
    wrong = [
        index
        for index, line in enumerate(lines)
        if line.text.strip()
        and not _stands_alone(line.text)
        and not re.match(r"\s*sequenceDiagram", line.text)
        and not _reads_alone(line.text)
    ]
    wrong += [
        i
        for i, line in enumerate(lines)
        if re.match(r"^\s*(exit|return|stop)\s*$", line.text, re.IGNORECASE) and i not in wrong
    ]
    messages = sum(bool(_SENDER.match(line.text)) for line in lines)
    if len(wrong) > max(2, messages // 2) or not messages:
        return lines, []
    return commented(lines, wrong, "sequence.no_statement", "Kept a line as a comment that is no statement.")


_REPAIRS: Final[tuple[Repair, ...]] = (
    *SHARED,
    with_header("sequenceDiagram", is_statement),
    _labels_first,
    each_line(_formulas),
    each_line(_full_width, unless=_reads_alone),
    each_line(_arrow, unless=_reads_alone),
    each_line(_foreign, unless=_reads_alone),
    _pseudo_statements,
    _block_notes,
    _missing_colons,
    _continuations,
    each_line(_semicolons),
    each_line(_note, unless=_reads_alone),
    each_line(_activation, unless=_reads_alone),
    each_line(_accessibility, unless=_reads_alone),
    _split_lines,
    each_line(_missing_text, unless=_reads_alone),
    _reserved_ids,
    _unreadable_ids,
    close_boxes,
    correct_branches,
    without_broken_end(_is_whole),
    balance,
    _strays,
    _inactive,
)
