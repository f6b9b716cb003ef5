"""What the kind ``sequence`` is called, written in, and checked for."""

from __future__ import annotations

from typing import Final

from designchord.kinds.about import About

ABOUT: Final = About(
    name="sequence",
    labels={"en": "Sequence diagrams", "ko": "시퀀스 다이어그램"},
    noun="sequence diagram",
    notation="mermaid",
    file="sequence-{part}.mmd",
    family="sequence",
    provides=frozenset({"participants", "calls", "requirements", "scenarios"}),
    covers="functional",
    problems={
        "sequence.not_found": "A model's answer holds no sequence diagram.",
        "sequence.wrong_type": "It is a diagram of another family.",
    },
)
