"""What a diagram's text says, whatever its family."""

from __future__ import annotations

from dataclasses import dataclass

from designchord.notation.mermaid.families.er.model import EntityRelations
from designchord.notation.mermaid.families.sequence.model import Sequence
from designchord.notation.problems import Problem, has_errors


@dataclass(frozen=True, slots=True)
class Diagram:
    """``type`` is the name of the family that the header announces; a text of no family that is read has none.

    There is a model when the text could be read and designchord has a model of its family. Of the other families only
    what is wrong is known. ``refused`` is what Mermaid reads and a design's own diagrams may not hold.
    """

    type: str | None
    model: Sequence | EntityRelations | None = None
    problems: tuple[Problem, ...] = ()
    refused: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether a design can have it."""
        return not has_errors(self.problems) and not self.refused

    @property
    def sequence(self) -> Sequence | None:
        return self.model if isinstance(self.model, Sequence) else None

    @property
    def er(self) -> EntityRelations | None:
        return self.model if isinstance(self.model, EntityRelations) else None
