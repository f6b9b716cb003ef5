"""What parses but is wrong in a sequence diagram: Mermaid draws something, only not what the author wrote."""

from __future__ import annotations

import re

from designchord.notation.mermaid.families.sequence.model import Sequence
from designchord.notation.mermaid.families.sequence.syntax import split_statement_text
from designchord.notation.problems import Problem, Severity


def find_mistakes(sequence: Sequence, text: str) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    if not sequence.messages and not any(signal.type == "NOTE" for signal in sequence.signals):
        problems.append(
            _found("error", "sequence.empty", "The diagram has no messages.", "Write at least one: `A->>B: text`.", 1)
        )
    problems += _undeclared(sequence)
    problems += _left_active(sequence)
    problems += _cut_texts(text)
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _found(severity: Severity, code: str, message: str, hint: str, line: int | None) -> Problem:
    return Problem(code=code, severity=severity, message=message, hint=hint, line=line)


def _undeclared(sequence: Sequence) -> list[Problem]:
    declared = [p for p in sequence.participants if p.declared]
    problems = []
    for participant in sequence.participants if declared else ():
        if not participant.declared:
            near = next((p.name for p in declared if p.label.casefold() == participant.name.casefold()), None)
            near = near or next((p.name for p in declared if p.name.casefold() == participant.name.casefold()), None)
            hint = f"Use its id `{near}`." if near else f"Add `participant {participant.name}`, or correct the name."
            problems.append(
                _found(
                    "warning",
                    "sequence.undeclared_participant",
                    f"`{participant.name}` is not among the declared participants.",
                    hint,
                    participant.line,
                )
            )
    for participant in declared:
        if len(participant.declared) > 1:
            problems.append(
                _found(
                    "warning",
                    "sequence.declared_twice",
                    f"`{participant.name}` is declared more than once.",
                    f"Keep the declaration of line {participant.declared[0]}.",
                    participant.declared[1],
                )
            )
    return problems


def _left_active(sequence: Sequence) -> list[Problem]:
    # branches of one alt each end the same activation, so only what is never ended at all is certainly a mistake
    ended = {signal.source for signal in sequence.signals if signal.type == "ACTIVE_END"}
    problems = []
    for signal in sequence.signals:
        if signal.type == "ACTIVE_START" and signal.source not in ended:
            ended.add(signal.source)
            problems.append(
                _found(
                    "warning",
                    "sequence.left_active",
                    f"`{signal.source}` is activated and never deactivated.",
                    f"Add `deactivate {signal.source}`, or end its reply with `-->>-`.",
                    signal.line,
                )
            )
    return problems


def _cut_texts(text: str) -> list[Problem]:
    problems = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        parts = split_statement_text(line) if "#" in line else None
        if parts is None or line.lstrip().lower().startswith(("rect", "box")):
            continue
        free = re.sub(r"#\w+;", "", parts[1])
        if "#" in free:
            problems.append(
                _found(
                    "warning",
                    "sequence.text_cut",
                    "The text is cut off at `#`.",
                    "Write `#35;` for a number sign in text.",
                    number,
                )
            )
    return problems
