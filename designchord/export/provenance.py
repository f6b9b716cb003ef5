"""How a design came to be, in the words of its reader."""

from __future__ import annotations

from collections.abc import Mapping

from designchord import __version__
from designchord.export.design import Artifact, Design
from designchord.export.labels import labels_in


def made(design: Design) -> str:
    """Who made the design and when, and a warning when no model was asked."""
    labels = labels_in(design.language)
    sentence = labels["made"].format(version=__version__, model=design.model or "offline", date=design.created_at[:10])
    if any(artifact.origin == "offline" for artifact in design.artifacts):
        sentence += " " + labels["offline_note"]
    if any(problem.get("code") == "blueprint.language_unread" for one in design.artifacts for problem in one.problems):
        sentence += " " + labels["language_unread"]
    return sentence


def origin_words(artifact: Artifact, labels: Mapping[str, str]) -> str:
    return labels.get(f"origin.{artifact.origin}", artifact.origin)


def unchecked_words(design: Design) -> tuple[str, ...]:
    """What nobody checked, over all artifacts, each thing once."""
    return tuple(dict.fromkeys(item for artifact in design.artifacts for item in artifact.unchecked))
