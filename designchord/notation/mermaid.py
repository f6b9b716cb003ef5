"""Sequence and ER diagrams, read by Mermaid's own grammar: text in; model and problems out. Never raises.

A diagram whose text cannot be read has no model; whatever is wrong is a problem with a line, what was found there,
what was expected, and a hint. Lines and columns count from 1 and point into the text that was given.
"""

from __future__ import annotations

import html
import re
from collections import OrderedDict
from threading import Lock
from typing import Any, Final, Literal

from designchord.notation import mermaid_diagnosis, mermaid_limits, mermaid_mistakes
from designchord.notation.mermaid_model import (
    Attribute,
    Diagram,
    Entity,
    EntityRelations,
    Message,
    Participant,
    Relationship,
    Sequence,
    Signal,
)

__all__ = [
    "Attribute",
    "Diagram",
    "Entity",
    "EntityRelations",
    "Message",
    "Participant",
    "Relationship",
    "Sequence",
    "Signal",
    "header",
    "parse",
]


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
    from designchord.notation.mermaid_grammar import GRAMMAR, GrammarStopped  # QuickJS: only when first needed

    too_much = mermaid_limits.exceeded(text)
    if too_much:
        return Diagram(None, problems=too_much)
    refused, plain = mermaid_limits.refuse(text)
    kind = header(plain)
    type_: Literal["sequence", "er"] | None = (
        "sequence" if kind == "sequenceDiagram" else "er" if kind in ("erDiagram", "er") else None
    )
    if type_ is None:
        return Diagram(None, problems=(*refused, mermaid_diagnosis.no_diagram(plain)))
    try:
        answer = GRAMMAR.parse(plain)
    except GrammarStopped:
        return Diagram(type_, problems=(*refused, mermaid_limits.TOO_COSTLY))
    if not answer["ok"]:
        return Diagram(type_, problems=(*refused, mermaid_diagnosis.explain(plain, type_, answer["error"])))
    if type_ == "sequence":
        sequence = _sequence(answer["model"])
        return Diagram(type_, sequence=sequence, problems=refused + mermaid_mistakes.in_sequence(sequence, plain))
    er = _entity_relations(answer["model"])
    return Diagram(type_, er=er, problems=refused + mermaid_mistakes.in_er(er, plain))


def _sequence(model: dict[str, Any]) -> Sequence:
    participants = tuple(
        Participant(_plain(p["name"]), _plain(p["label"]), p["type"], p["line"], tuple(p["declared"]))
        for p in model["participants"]
    )
    messages, signals = [], []
    for s in model["signals"]:
        source, target = (None if s[end] is None else _plain(s[end]) for end in ("source", "target"))
        if source is not None and target is not None and s["type"] != "NOTE":
            messages.append(Message(source, target, _plain(s["text"]), s["type"], s["line"]))
        else:
            signals.append(Signal(s["type"], _plain(s["text"]), source, target, s["line"]))
    return Sequence(participants, tuple(messages), tuple(signals))


def _entity_relations(model: dict[str, Any]) -> EntityRelations:
    entities = tuple(
        Entity(
            _plain(e["name"]),
            _plain(e["label"]),
            tuple(
                Attribute(_plain(a["name"]), _plain(a["type"]), tuple(a["keys"]), _plain(a["comment"]), a["line"])
                for a in e["attributes"]
            ),
            e["line"],
            tuple(e["blocks"]),
        )
        for e in model["entities"]
    )
    relationships = tuple(
        Relationship(
            _plain(r["source"]),
            _plain(r["target"]),
            _plain(r["label"]),
            r["source_end"],
            r["target_end"],
            r["identifying"],
            r["line"],
        )
        for r in model["relationships"]
    )
    return EntityRelations(entities, relationships)


def _plain(text: str) -> str:
    """Text as a reader sees it: Mermaid parses ``#59;`` and ``#quot;`` in a disguise of its own."""
    if "ﬂ" not in text:
        return text
    return html.unescape(text.replace("ﬂ°°", "&#").replace("ﬂ°", "&").replace("¶ß", ";"))
