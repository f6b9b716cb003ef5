"""A request that somebody tries out. Apart, so that who only reads requests loads no mock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tried:
    """``target`` is a path with its query, ``token`` what stands behind ``Bearer``, ``prefer`` as the header has it."""

    method: str
    target: str
    token: str = ""
    body: str = ""
    prefer: str = ""
