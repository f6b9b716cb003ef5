"""What parses but is wrong in a sequence diagram: Mermaid draws something else than was written, or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from designchord.notation.mermaid.causes import FULL_WIDTH
from designchord.notation.mermaid.families.sequence.model import Message, Participant, Sequence, Signal
from designchord.notation.mermaid.families.sequence.syntax import ARROW, split_statement_text
from designchord.notation.mermaid.text import seen, visible
from designchord.notation.problems import Problem, Severity

#: What Mermaid draws a participant as; of any other type it draws nothing, not even a lifeline.
TYPES: Final = ("participant", "actor", "boundary", "control", "entity", "database", "collections", "queue")

_ARROW: Final = re.compile(ARROW)
_OPENERS: Final = ("LOOP", "OPT", "ALT", "PAR", "PAR_OVER", "CRITICAL", "BREAK", "RECT")


def find_mistakes(sequence: Sequence, text: str) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    if not any(isinstance(record, Message) or record.type == "NOTE" for record in sequence.records):
        problems.append(
            _found("warning", "sequence.empty", "The diagram has no messages.", "Write at least one: `A->>B: text`.", 1)
        )
    problems += _undeclared(sequence)
    problems += _labels_first(sequence)
    problems += _unknown_types(sequence)
    problems += _activations(sequence)
    problems += _empty_blocks(sequence)
    problems += _missed_turns(sequence)
    problems += _colours(sequence)
    problems += _printed_comments(sequence)
    problems += _cut_texts(text)
    problems += _unread_links(text)
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _found(severity: Severity, code: str, message: str, hint: str, line: int | None) -> Problem:
    return Problem(code=code, severity=severity, message=message, hint=hint, line=line)


# --- participants -------------------------------------------------------------------------------------------------


def _near(sequence: Sequence, name: str) -> Participant | None:
    """The participant that a name means: by its label, or written another way."""
    wanted = name.casefold()
    others = [one for one in sequence.participants if one.name != name]
    by_label = next((one for one in others if one.label.casefold() == wanted), None)
    return by_label or next((one for one in others if one.name.casefold() == wanted), None)


def _undeclared(sequence: Sequence) -> Iterator[Problem]:
    declared = [one for one in sequence.participants if one.declared]
    renamed = {meant for one in declared if (meant := _id_behind(one)) is not None}
    if not declared:
        yield from filter(None, (_wide(one, sequence) for one in sequence.participants))
    renamed |= {one.name.partition(" %%")[0].rstrip() for one in declared}  # what is said of that tells the cause
    for participant in sequence.participants if declared else ():
        if not participant.declared and participant.name.partition(" %%")[0].rstrip() not in renamed:
            yield _undeclared_one(sequence, participant)
    for participant in declared:
        if len(participant.declared) > 1:
            yield _found(
                "warning",
                "sequence.declared_twice",
                f"`{participant.name}` is declared more than once.",
                f"Keep the declaration of line {participant.declared[0]}.",
                participant.declared[1],
            )


def _undeclared_one(sequence: Sequence, participant: Participant) -> Problem:
    name = participant.name
    twin = next((one for one in sequence.participants if one.declared and seen(one.name) == seen(name)), None)
    if twin is not None:
        is_hidden = visible(twin.name) == visible(name)
        what = "characters that one does not see" if is_hidden else "characters that only look like others"
        return _found(
            "warning",
            "mermaid.invisible_characters",
            f"This `{seen(name)}` holds {what}, so it is another participant than `{twin.name}`.",
            f"Type the name anew: `{twin.name}`.",
            participant.line,
        )
    wide = _wide(participant, sequence)
    if wide is not None:
        return wide
    near = _near(sequence, name)
    hint = f"Use its id `{near.name}`." if near else f"Add `participant {name}`, or correct the name."
    message = f"`{name}` is not among the declared participants."
    return _found("warning", "sequence.undeclared_participant", message, hint, participant.line)


def _wide(participant: Participant, sequence: Sequence) -> Problem | None:
    """A name that goes on behind a full-width sign, which was meant to end it."""
    name = participant.name
    sign = next((char for char in name if ord(char) in FULL_WIDTH), None)
    meant = name.partition(sign)[0].strip() if sign else ""
    if sign is None or not (sign == "：" or any(one.name == meant for one in sequence.participants)):
        return None
    message = f"`{name[:60]}` is read as one participant: `{sign}` is not `{sign.translate(FULL_WIDTH)}`."
    hint = f"Write `{name.translate(FULL_WIDTH)[:60]}`."
    return _found("warning", "mermaid.full_width", message, hint, participant.line)


def _labels_first(sequence: Sequence) -> Iterator[Problem]:
    """``participant "Ticket kiosk" as K`` is one of that whole name; other notations write the label first."""
    undeclared = {one.name for one in sequence.participants if not one.declared}
    for participant in sequence.participants:
        meant = _id_behind(participant)
        is_label = participant.label != participant.name
        if meant is None or (is_label and meant not in undeclared):
            continue  # `actor "User" as U` is legal; only who then writes `U->>…` meant the other order
        label = re.split(r"\s+as\s+", participant.name, flags=re.IGNORECASE)[0].strip("\"' ")
        keyword = "actor" if participant.type == "actor" else "participant"
        yield _found(
            "error",
            "sequence.label_first",
            f"Mermaid takes `{participant.name[:60]}` for the name of this participant.",
            f"The id stands first: `{keyword} {meant} as {label[:60]}`.",
            participant.line,
        )


def _id_behind(participant: Participant) -> str | None:
    """What stands behind ``as`` where a declared participant's name is a text in quotes or of several words."""
    whole = re.fullmatch(r".+\s+as\s+(\S+)", participant.name, re.IGNORECASE)
    if participant.declared and whole:
        return whole.group(1)
    if not participant.declared or not participant.name.startswith(('"', "'")):
        return None
    return participant.label if participant.label != participant.name and " " not in participant.label else None


def _unknown_types(sequence: Sequence) -> Iterator[Problem]:
    for participant in sequence.participants:
        if participant.type not in TYPES:
            yield _found(
                "error",
                "sequence.participant_type",
                f"There is no type `{participant.type[:40]}` of participant, so `{participant.name}` is not drawn.",
                f"The types are {', '.join(f'`{name}`' for name in TYPES)}.",
                participant.line,
            )


def _activations(sequence: Sequence) -> Iterator[Problem]:
    known = {participant.name for participant in sequence.participants}
    told: set[str] = set()
    # branches of one alt each end the same activation, so only what is never ended at all is certainly a mistake
    ended = {signal.source for signal in sequence.signals if signal.type == "ACTIVE_END"}
    for signal in sequence.signals:
        name = signal.source or ""
        if signal.type not in ("ACTIVE_START", "ACTIVE_END") or name in told:
            continue
        if name not in known:
            near = _near(sequence, name)
            told.add(name)
            yield _found(
                "error",
                "sequence.unknown_activation",
                f"`{name}` is activated, but there is no participant of that id, so nothing is drawn.",
                f"Its id is `{near.name}`." if near else "Write the id of a participant.",
                signal.line,
            )
        elif signal.type == "ACTIVE_START" and name not in ended:
            told.add(name)
            yield _found(
                "warning",
                "sequence.left_active",
                f"`{name}` is activated and never deactivated.",
                f"Add `deactivate {name}`, or end its reply with `-->>-`.",
                signal.line,
            )


_TURNS: Final = {
    "create": ("created", "sequence.created_without_message"),
    "destroy": ("destroyed", "sequence.destroyed_without_message"),
}


def _missed_turns(sequence: Sequence) -> Iterator[Problem]:
    for turn in sequence.turns:
        if not turn.taken:
            verb, code = _TURNS[turn.what]
            yield _found(
                "warning",
                code,
                f"`{turn.name}` is not {verb}: no message with it follows `{turn.what}` at once.",
                f"Move `{turn.what}` to the line before that message.",
                turn.line,
            )


# --- blocks and texts ---------------------------------------------------------------------------------------------


def _empty_blocks(sequence: Sequence) -> Iterator[Problem]:
    """A block in which nothing is drawn has no size; Mermaid then writes NaN, and lifelines vanish."""
    opened: list[tuple[Signal, bool]] = []
    for record in sequence.records:
        if isinstance(record, Message) or record.type in ("NOTE", "ACTIVE_END"):
            opened = [(signal, True) for signal, _ in opened]
            continue
        name, _, what = record.type.rpartition("_")
        if what == "START" and name in _OPENERS:
            opened.append((record, False))
        elif what == "END" and name in _OPENERS and opened:
            signal, holds_something = opened.pop()
            if not holds_something:
                word = signal.type.removesuffix("_START").lower()
                yield _found(
                    "error",
                    "sequence.empty_block",
                    f"Nothing happens in this `{word}`, and Mermaid cannot draw that.",
                    "Write a message or a note into it, or remove it.",
                    signal.line,
                )


def _colours(sequence: Sequence) -> Iterator[Problem]:
    for line in sequence.unknown_colours:
        yield _found(
            "warning",
            "sequence.colour",
            "The colour of this `rect` is none, so it is drawn dark.",
            "Write a colour and nothing else: `rect rgb(240, 248, 255)`.",
            line,
        )


def _printed_comments(sequence: Sequence) -> Iterator[Problem]:
    texts = [(record.text, record.line) for record in sequence.records]
    texts += [(text, line) for text, line in sequence.boxes]
    texts += [(participant.label, participant.line) for participant in sequence.participants]
    for line in dict.fromkeys(line for text, line in texts if re.search(r"(?:^|\s)%%", text)):
        yield _found(
            "warning",
            "sequence.comment_in_text",
            "The comment at the end of this line is part of its text and is shown.",
            "Comments stand on lines of their own and begin with `%%`.",
            line,
        )


def _cut_texts(text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        parts = split_statement_text(line) if "#" in line else None
        if parts is None or line.lstrip().lower().startswith(("rect", "box")):
            continue
        if "#" in re.sub(r"#\w+;", "", parts[1]):
            yield _found(
                "warning",
                "sequence.text_cut",
                "The text is cut off at `#`.",
                "Write `#35;` for a number sign in text.",
                number,
            )


_LINKS: Final = re.compile(r"\s*(?:(links|properties)|link)\s+([^:;\n]+):(.*)$", re.IGNORECASE)


def _unread_links(text: str) -> Iterator[Problem]:
    """Links and properties that Mermaid cannot read are passed over without a word."""
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        found = _LINKS.match(line) if "link" in line.lower() or "propert" in line.lower() else None
        if found is None or _ARROW.search(found.group(2)):
            continue
        if found.group(1):
            wrong, right = not _is_mapping(found.group(3)), f'{found.group(1)} A: {{"Wiki": "https://example.org"}}'
        else:
            wrong, right = " @ " not in found.group(3), "link A: Wiki @ https://example.org"
        if wrong:
            yield _found(
                "warning",
                "sequence.links",
                "Mermaid cannot read what stands behind the colon, and draws nothing of it.",
                f"The form is `{right}`.",
                number,
            )


def _is_mapping(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
