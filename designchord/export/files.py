"""The files that stand for one artifact, as its kind names them."""

from __future__ import annotations

from designchord.export.design import Artifact
from designchord.kinds import registry
from designchord.kinds.base import Part


def artifact_files(artifact: Artifact) -> dict[str, str]:
    """File name → text; names are ASCII and hold no folder."""
    return registry.kind(artifact.kind).files(Part(artifact.part, artifact.title), artifact.source)
