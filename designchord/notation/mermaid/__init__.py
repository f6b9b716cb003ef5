"""Mermaid diagrams: read by Mermaid's own grammar, explained, repaired. ``parse`` is the way in.

Lines and columns of problems count from 1 and point into the text that was given. A diagram whose text cannot be read
has no model; whatever is wrong is a problem with a line, what was found there, what was expected, and a hint.
"""

from __future__ import annotations

from designchord.notation.mermaid.diagram import Diagram
from designchord.notation.mermaid.families import FAMILIES, OTHERS, VERSION, Family, family_of
from designchord.notation.mermaid.families.er.model import Attribute, Entity, EntityRelations, Relationship
from designchord.notation.mermaid.families.sequence.model import Message, Participant, Sequence, Signal
from designchord.notation.mermaid.parsing import find_unchecked, header, parse

__all__ = [
    "FAMILIES",
    "OTHERS",
    "VERSION",
    "Attribute",
    "Diagram",
    "Entity",
    "EntityRelations",
    "Family",
    "Message",
    "Participant",
    "Relationship",
    "Sequence",
    "Signal",
    "family_of",
    "find_unchecked",
    "header",
    "parse",
]
