"""A design to be played: stored here or on a server by its id, or a folder that was exported or written by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from designchord.blueprint import answering
from designchord.blueprint.model import Blueprint
from designchord.cli.session import reached
from designchord.errors import BadInput
from designchord.kinds.about import BLUEPRINT
from designchord.kinds.registry import KINDS


@dataclass(frozen=True, slots=True)
class Playable:
    blueprint: Blueprint
    sources: dict[tuple[str, str], str]
    language: str


def playable(design: str) -> Playable:
    """The blueprint and the parts of a design. A name that is a folder is one; all others are ids."""
    folder = Path(design)
    source, parts = _read_folder(folder) if folder.is_dir() else _read_design(design)
    if not source:
        raise BadInput(f"{design} has no blueprint ({BLUEPRINT.file}), so there are no stories.", code="no_blueprint")
    blueprint, problems = answering.check(source)
    if blueprint is None:
        raise BadInput(f"{BLUEPRINT.file} cannot be read: {problems[0].message}", code="no_blueprint")
    return Playable(blueprint, parts, blueprint.language)


def _read_folder(folder: Path) -> tuple[str, dict[tuple[str, str], str]]:
    path = folder / BLUEPRINT.file
    return (_text(path) if path.is_file() else ""), read_parts(folder)


def read_parts(folder: Path) -> dict[tuple[str, str], str]:
    """What a folder holds of the parts of a design, by kind and part."""
    parts: dict[tuple[str, str], str] = {}
    for name, kind in KINDS.items():
        stem, _, suffix = kind.about.file.rpartition(".")
        pattern = f"{stem.replace('{part}', '*')}.{suffix}"
        for path in sorted(folder.glob(pattern)):
            parts[name, kind.about.part_of(path.stem) or ""] = _text(path)
    return parts


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{path} cannot be read.", code="unreadable") from None


def _read_design(design: str) -> tuple[str, dict[tuple[str, str], str]]:
    with reached() as designs:
        snapshot = designs.snapshot(design)
    from designchord.export.design import from_snapshot

    stored = from_snapshot(snapshot)
    return stored.blueprint or "", {(one.kind, one.part): one.source for one in stored.shown}
