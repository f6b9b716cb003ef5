"""Every kind of artifact, in reading order. A new kind is one folder and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from designchord.errors import BadInput
from designchord.kinds.api.kind import ApiKind
from designchord.kinds.base import Kind
from designchord.kinds.document.kind import DocumentKind
from designchord.kinds.erd.kind import ErdKind
from designchord.kinds.sequence.kind import SequenceKind

_ALL: Final[tuple[Kind, ...]] = (
    DocumentKind(),
    SequenceKind(),
    ErdKind(),
    ApiKind(),
)

KINDS: Final[Mapping[str, Kind]] = MappingProxyType({kind.name: kind for kind in _ALL})


def kind(name: str) -> Kind:
    """The kind of that name; raises ``BadInput`` with code ``unknown_kind`` when there is none."""
    found = KINDS.get(name)
    if found is None:
        known = ", ".join(KINDS)
        raise BadInput(f"There is no kind '{name[:40]}'; there are {known}.", code="unknown_kind", kinds=list(KINDS))
    return found
