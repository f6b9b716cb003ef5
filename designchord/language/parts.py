"""Words that usually speak of a document or a screen and name a thing where people make one: authors write chapters."""

from __future__ import annotations

import re
from functools import cache

from designchord.language import naming
from designchord.language.agents import is_agent
from designchord.language.lexicon import lexicon

_SUBJECT = (
    r"(?P<who>[a-z-]+)\s+(?:(?:can|may|must|shall|should|will|could|also|then)\s+|(?:is|are) able to\s+|wants? to\s+)*"
)
_BETWEEN = r"(?:(?:an?|the|new|their|his|her|its|my|our|several|up to|\d+)\s+){0,3}"


@cache
def _made() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How a sentence makes one, in the active and in the passive voice."""
    words = lexicon()
    verbs = {verb for verb in words.creating if verb.isascii()} - words.soft
    forms = sorted(
        (form for form, (verb, kind) in words.forms_en.items() if verb in verbs and kind in {"base", "s"}), key=len
    )
    nouns = sorted(one for word in words.parts_en for one in (word, naming.plural(word)))
    done = sorted(form for form, (verb, kind) in words.forms_en.items() if verb in verbs and kind == "ed")
    active = rf"\b{_SUBJECT}(?:{'|'.join(map(re.escape, reversed(forms)))})\s+{_BETWEEN}(?P<what>{'|'.join(nouns)})\b"
    return re.compile(active), re.compile(
        rf"\b(?P<what>{'|'.join(nouns)}) (?:(?:can|may|must|should) )?(?:only )?(?:is|are|be) (?:only )?"
        rf"(?:{'|'.join(map(re.escape, done))}) by (?:an? |the )?(?P<who>[a-z-]+)"
    )


def find_parts(low: str) -> frozenset[str]:
    """The words of that kind that a text in lower case makes things of, in the singular."""
    words = lexicon()
    found: set[str] = set()
    for match in (match for pattern in _made() for match in pattern.finditer(low)):
        who = naming.singular(match["who"])
        concept = words.en.get(who)
        if (concept is not None and concept.person) or is_agent(who, several=who != match["who"]):
            found.add(naming.singular(match["what"]))
    return frozenset(found)
