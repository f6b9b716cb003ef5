"""Text in; model and problems out, by Mermaid's own grammar and the rules of the diagram's family. Never raises."""

from __future__ import annotations

import re
from collections import OrderedDict
from threading import Lock
from typing import Final

from designchord.notation.mermaid import diagnosis, limits
from designchord.notation.mermaid.diagram import Diagram
from designchord.notation.mermaid.families import family_of
from designchord.notation.mermaid.families.registry import NO_RULES, RULES


def parse(text: str) -> Diagram:
    """Read a diagram. Results are remembered for a while: the same text is fixed, checked and read for facts."""
    with _recent_lock:
        known = _recent.get(text)
        if known is not None:
            _recent.move_to_end(text)
            return known
    diagram = _parse(text)
    with _recent_lock:
        _recent[text] = diagram
        if len(_recent) > _RECENT:
            _recent.popitem(last=False)
    return diagram


def header(text: str) -> str | None:
    """The first word of the diagram proper: ``sequenceDiagram``, ``flowchart`` …; comments are passed over."""
    for line in text.splitlines():
        word = line.strip()
        if word and not word.startswith("%%"):
            found = re.match(r"[A-Za-z][\w-]*", word)
            return found.group() if found else None
    return None


_RECENT: Final = 64
_recent: OrderedDict[str, Diagram] = OrderedDict()
_recent_lock = Lock()


def _parse(text: str) -> Diagram:
    from designchord.notation.mermaid.grammar import GRAMMAR, GrammarStopped  # QuickJS: only when first needed

    too_much = limits.exceeded(text)
    if too_much:
        return Diagram(None, problems=too_much)
    refused, plain = limits.refuse(text)
    family = family_of(header(plain))
    if family is None:
        return Diagram(None, problems=(*refused, diagnosis.no_diagram(plain)))
    rules = RULES.get(family.name, NO_RULES)
    try:
        answer = GRAMMAR.parse(plain)
    except GrammarStopped:
        return Diagram(family.name, problems=(*refused, limits.TOO_COSTLY))
    if not answer["ok"]:
        return Diagram(family.name, problems=(*refused, diagnosis.explain(plain, rules, answer["error"])))
    model = rules.read(answer["model"])
    problems = refused + rules.find_mistakes(model, plain)
    return Diagram(family.name, model, problems)
