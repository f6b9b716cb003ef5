"""ER diagrams: model, mistakes, causes of errors; ``fixes`` is loaded when something is to be mended."""

from __future__ import annotations

from typing import Final

from designchord.notation.mermaid.families.base import Rules
from designchord.notation.mermaid.families.er.diagnosis import CAUSES, shift_before
from designchord.notation.mermaid.families.er.model import read
from designchord.notation.mermaid.families.er.rules import find_mistakes

RULES: Final = Rules(read, find_mistakes, CAUSES, shift=shift_before)
