"""Words for whoever acts, known by how they are built: ``inspectors``, ``a cyclist``."""

from __future__ import annotations

import re

_BUILT = re.compile(
    r"(?:[a-z]{2}er|tor|sor|ist|ian|ee|man|woman|coordinator|respondent|applicant|resident|assistant|attendant)$"
)
_NO_AGENT = re.compile(
    r"(?:order|number|paper|letter|folder|member|calendar|timer|counter|weather|container|filter|sensor|floor|corner|"
    r"monitor|mirror|tree|fee|coffee|poster|water|layer|sticker|trailer|chapter|quarter|center|meter|theater|theatre|"
    r"register|ticker|tracker|planner|printer|router|server|browser|scooter|charter|elevator|generator|indicator|color|"
    r"tractor|motor|tumor|offer|transfer|answer|flower|power|tower|beer|dinner|buffer|committee|computer|character|"
    r"scheduler|newsletter|semester|parameter|temper|reminder|barrier|carrier|frontier|locker|charger|freezer|"
    r"cooler|heater|banner|header|footer|marker|blocker|cluster|master|matter|manner|laser|simulator|calculator|"
    r"converter|parser|builder|finder|shortener|checker|twitter|"
    r"swagger|docker|behavior|error|actor|factor|sector|vector|navigator|pointer|cover|river|summer|winter)$"
)
# A program may be one as well; several of them, or any one of them, are people.
_DOUBTFUL = re.compile(r"(?:editor|operator|creator|viewer|reader)$")
_ANY_ONE = re.compile(r"\b(?:an?|each|every|any|only|no)\s+(?:[\w-]+\s+)?$", re.IGNORECASE)


def is_agent(word: str, *, several: bool = False, before: str = "") -> bool:
    """Whether a singular lower-case noun is a word for people; ``before`` is the text in front of it."""
    if not _BUILT.search(word) or _NO_AGENT.search(word):
        return False
    return several or not _DOUBTFUL.search(word) or bool(_ANY_ONE.search(before))
