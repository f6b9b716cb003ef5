"""Every kind of artifact, in reading order. A new kind is one folder and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from designchord.blueprint import answering
from designchord.errors import BadInput
from designchord.kinds.about import BLUEPRINT, REPORT, About
from designchord.kinds.api.kind import ApiKind
from designchord.kinds.base import Kind
from designchord.kinds.document.kind import DocumentKind
from designchord.kinds.erd.kind import ErdKind
from designchord.kinds.sequence.kind import SequenceKind
from designchord.notation.problems import Problem

_kinds: dict[str, Kind] = {}

#: By name, in reading order.
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(_kinds)


def register(kind: Kind) -> None:
    """Let designs have artifacts of this kind. It comes last in the reading order; done when a process starts."""
    _kinds[kind.about.name] = kind


register(DocumentKind())
register(SequenceKind())
register(ErdKind())
register(ApiKind())


def kind(name: str) -> Kind:
    """The kind of that name; raises ``BadInput`` with code ``unknown_kind`` when there is none."""
    found = KINDS.get(name)
    if found is None:
        known = ", ".join(KINDS)
        raise BadInput(f"There is no kind '{name[:40]}'; there are {known}.", code="unknown_kind", kinds=list(KINDS))
    return found


def shown() -> tuple[About, ...]:
    """What a design shows, in reading order: the blueprint, the artifacts of every kind, the report."""
    return (BLUEPRINT, *(one.about for one in KINDS.values()), REPORT)


def about(name: str) -> About | None:
    """The description of a kind, the blueprint or the report; None for what an older or newer version knew."""
    return next((one for one in shown() if one.name == name), None)


def check(name: str, source: str) -> tuple[Problem, ...]:
    """Everything that is wrong with a source, by the check of its kind; the blueprint counts as a kind."""
    return answering.check(source)[1] if name == BLUEPRINT.name else kind(name).check(source)
