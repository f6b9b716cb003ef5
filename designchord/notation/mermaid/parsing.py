"""Text in; model and problems out, by Mermaid's own grammar and the rules of the diagram's family. Never raises."""

from __future__ import annotations

import re
from typing import Final

from designchord.notation.mermaid import diagnosis, limits, preamble
from designchord.notation.mermaid.diagram import Diagram
from designchord.notation.mermaid.families import OTHERS, family_of
from designchord.notation.mermaid.families.registry import NO_RULES, RULES
from designchord.notation.problems import Problem
from designchord.notation.recent import Recent


def parse(text: str) -> Diagram:
    """Read a diagram, which is fixed, checked and read for facts one after the other."""
    return _recent.get(text, _parse)


def header(text: str) -> str | None:
    """The first word of the diagram proper: ``sequenceDiagram``, ``flowchart`` …"""
    return _first_word(preamble.read(text).blanked(text))


def find_unchecked(text: str) -> Problem | None:
    """What to say of a diagram that exists in Mermaid and of which nothing is checked; ``None`` for the others."""
    word = header(text)
    family = family_of(word)
    if word not in OTHERS and (family is None or family.checked):
        return None
    message = f"A {word} diagram; it is not checked."
    return Problem(code="mermaid.not_read", severity="info", message=message, line=1)


def _first_word(plain: str) -> str | None:
    for line in plain.split("\n"):
        word = line.strip()
        if word and not word.startswith("%%"):
            found = re.match(r"[A-Za-z][\w-]*", word)
            return found.group() if found else None
    return None


_recent: Final = Recent[Diagram](400_000)


def _parse(text: str) -> Diagram:
    from designchord.notation.mermaid.grammar import GRAMMARS, GrammarStopped  # QuickJS: only when first needed

    too_much = limits.exceeded(text)
    if too_much:
        return Diagram(None, problems=too_much)
    found = preamble.read(text)
    refused, _ = limits.refuse(text, found)
    plain = found.blanked(text)
    family = family_of(_first_word(plain))
    if family is None:
        problems = found.problems if not found.closed else (*found.problems, diagnosis.no_diagram(plain))
        return Diagram(None, problems=problems, refused=refused)
    rules = RULES.get(family.name, NO_RULES)
    model = None
    try:
        answer = GRAMMARS[family.checked].parse(found.moved(text))
    except GrammarStopped:
        problems = (limits.TOO_COSTLY,)
    else:
        if answer["ok"]:
            model = rules.read(answer["model"])
            # what is not closed hides the text behind it
            problems = rules.find_mistakes(model, plain) if found.closed else ()
        elif not found.closed:
            return Diagram(None, problems=found.problems)
        else:
            problems = (diagnosis.explain(plain, rules, answer["error"]),)
    return Diagram(family.name, model, found.problems + problems, refused)
