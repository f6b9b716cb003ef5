"""Sequence diagrams: model, mistakes, causes of errors; ``fixes`` is loaded when something is to be mended."""

from __future__ import annotations

from typing import Final

from designchord.notation.mermaid.families.base import Rules
from designchord.notation.mermaid.families.sequence.diagnosis import CAUSES, broken_rule
from designchord.notation.mermaid.families.sequence.model import read
from designchord.notation.mermaid.families.sequence.rules import find_mistakes

RULES: Final = Rules(read, find_mistakes, CAUSES, broken_rule)
