"""Change sets: the one way in which a blueprint is changed."""

from designchord.blueprint.changes.applying import Applied, Refused, apply
from designchord.blueprint.changes.consequences import dated, expand, next_requirement
from designchord.blueprint.changes.depending import needs
from designchord.blueprint.changes.differing import diff
from designchord.blueprint.changes.model import (
    Add,
    Change,
    Move,
    Operations,
    Reinstate,
    Remove,
    Rename,
    Replace,
    Retire,
    read_operations,
    tell,
    tell_all,
    write_operations,
)

__all__ = [
    "Add",
    "Applied",
    "Change",
    "Move",
    "Operations",
    "Refused",
    "Reinstate",
    "Remove",
    "Rename",
    "Replace",
    "Retire",
    "apply",
    "dated",
    "diff",
    "expand",
    "needs",
    "next_requirement",
    "read_operations",
    "tell",
    "tell_all",
    "write_operations",
]
