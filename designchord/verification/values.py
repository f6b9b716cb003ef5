"""The values that two attributes may have."""

from __future__ import annotations

from designchord.blueprint.naming import fold
from designchord.notation.facts import AttributeFact


def differing_values(wanted: AttributeFact, built: AttributeFact) -> str:
    """In what the values of an enum that was built differ from the wanted ones, for a sentence; empty where they are
    the same, or one side names none. How they are spelled (``ON_LOAN``, ``onLoan``) is a convention."""
    if not wanted.values or not built.values:
        return ""
    left, right = ({value_key(one): one for one in fact.values} for fact in (wanted, built))
    gone, new = ([some[key] for key in sorted(some.keys() - others)] for some, others in ((left, right), (right, left)))
    told = [f"without {', '.join(gone)}"] * bool(gone) + [f"with {', '.join(new)}"] * bool(new)
    return " and ".join(told)


def value_key(value: str) -> str:
    """The spelling under which a value is compared."""
    return fold(value) or value
