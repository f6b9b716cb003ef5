"""Which families designchord knows rules of. Of the others it knows what Mermaid's grammar says."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from designchord.notation.mermaid.families.base import Rules
from designchord.notation.mermaid.families.er import RULES as ER
from designchord.notation.mermaid.families.sequence import RULES as SEQUENCE

RULES: Final = MappingProxyType({"sequence": SEQUENCE, "er": ER})
NO_RULES: Final = Rules()
