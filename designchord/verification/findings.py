"""What differs between a design and what was built: one finding a cause, with both places and both ways to mend it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from designchord.notation.problems import Severity
from designchord.readers.system import Spot


class Thing(NamedTuple):
    """What a verification looks at, by its name in the blueprint: ``entity`` ``Tool``, ``operation`` ``addTool``."""

    what: Literal["entity", "operation"]
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``thing`` names what it is about, as the design does, or as the built system does where the design has nothing;
    ``attribute`` is the field or parameter of it, if it is about one; ``about`` are the things of the design that are
    not as it says, and ``absent`` whether they are not there at all.

    ``said`` is what both sides say: a finding that was accepted comes back when that changes. ``code_change`` and
    ``design_change`` are the two ways to mend it. ``follows`` are consequences that are no findings of their own.
    """

    code: str
    severity: Severity
    thing: str
    message: str
    said: str
    code_change: str
    design_change: str
    design: Spot | None = None
    built: Spot | None = None
    follows: tuple[str, ...] = field(default=())
    note: str = ""
    attribute: str = ""
    about: tuple[Thing, ...] = ()
    absent: bool = False

    @property
    def key(self) -> str:
        return f"{self.code} {self.thing}"

    @property
    def facts(self) -> str:
        """A short fingerprint of what both sides say."""
        return hashlib.sha256(f"{self.key}\n{self.said}".encode()).hexdigest()[:12]

    def to_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "thing": self.thing,
            "message": self.message,
            "facts": self.facts,
            "change_the_code": self.code_change,
            "change_the_design": self.design_change,
            "design": spot_dict(self.design),
            "built": spot_dict(self.built),
            "follows": list(self.follows),
            "note": self.note,
        }


def spot_dict(spot: Spot | None) -> dict[str, Any] | None:
    if spot is None:
        return None
    return {"file": spot.name, "line": spot.line, "item": spot.item}
