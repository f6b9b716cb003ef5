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
class Turn:
    """A ``create`` or ``destroy``. It is ``taken`` when the message that it needs follows at once."""

    what: str
    name: str
    line: int | None
    taken: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """``records`` are messages and signals in the order of the text.

    ``boxes`` are their titles and lines; ``unknown_colours`` the lines of a ``rect`` whose colour is none.
    """

    participants: tuple[Participant, ...]
    records: tuple[Message | Signal, ...]
    boxes: tuple[tuple[str, int | None], ...] = ()
    turns: tuple[Turn, ...] = ()
    unknown_colours: tuple[int | None, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        return tuple(record for record in self.records if isinstance(record, Message))

    @property
    def signals(self) -> tuple[Signal, ...]:
        return tuple(record for record in self.records if isinstance(record, Signal))


def read(model: dict[str, Any]) -> Sequence:
    participants = tuple(
        Participant(plain(p["name"]), plain(p["label"]), p["type"], p["line"], tuple(p["declared"]))
        for p in model["participants"]
    )
    return Sequence(
        participants,
        tuple(map(_record, model["signals"])),
        tuple((plain(box["text"]), box["line"]) for box in model["boxes"]),
        tuple(Turn(turn["what"], plain(turn["name"]), turn["line"], turn["taken"]) for turn in model["turns"]),
        tuple(model["colours"]),
    )


def _record(signal: dict[str, Any]) -> Message | Signal:
    source, target = (None if signal[end] is None else plain(signal[end]) for end in ("source", "target"))
    if source is not None and target is not None and signal["type"] != "NOTE":
        return Message(source, target, plain(signal["text"]), signal["type"], signal["line"])
    return Signal(signal["type"], plain(signal["text"]), source, target, signal["line"])
