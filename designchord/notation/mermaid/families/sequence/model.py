"""What a sequence diagram says, as plain values. Lines count from 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from designchord.notation.mermaid.text import plain


@dataclass(frozen=True, slots=True)
class Participant:
    """``declared`` are the lines of its ``participant`` or ``actor`` statements; empty when it is only mentioned."""

    name: str
    label: str
    type: str
    line: int | None
    declared: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """``arrow`` is Mermaid's name of the line type: ``SOLID``, ``DOTTED``, ``SOLID_OPEN`` …"""

    source: str
    target: str
    text: str
    arrow: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Signal:
    """Anything else in the order of the diagram: ``NOTE``, ``ALT_START``, ``ACTIVE_END``, ``AUTONUMBER`` …"""

    type: str
    text: str
    source: str | None
    target: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Sequence:
    participants: tuple[Participant, ...]
    messages: tuple[Message, ...]
    signals: tuple[Signal, ...]


def read(model: dict[str, Any]) -> Sequence:
    participants = tuple(
        Participant(plain(p["name"]), plain(p["label"]), p["type"], p["line"], tuple(p["declared"]))
        for p in model["participants"]
    )
    messages, signals = [], []
    for s in model["signals"]:
        source, target = (None if s[end] is None else plain(s[end]) for end in ("source", "target"))
        if source is not None and target is not None and s["type"] != "NOTE":
            messages.append(Message(source, target, plain(s["text"]), s["type"], s["line"]))
        else:
            signals.append(Signal(s["type"], plain(s["text"]), source, target, s["line"]))
    return Sequence(participants, tuple(messages), tuple(signals))
