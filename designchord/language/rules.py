"""Rules in sentences: which part of a sentence refuses something, and what it refuses.

``A clerk hands out lockers; nobody can have two of them`` says what is done and what is refused: each part is read by
itself, so that the one does not hide the other.
"""

from __future__ import annotations

import re
from functools import lru_cache

from designchord.language.cues import shows
from designchord.language.lexicon import lexicon
from designchord.language.tagging import known_tags

# What somebody says or decides is no rule: ``singers say that they cannot come``, ``the seller accepts or rejects``,
# ``a manager can reject a request``, nor what only describes something: ``an offer that nobody accepts``.
_REPORTED = re.compile(
    r"\b(?:because|so that)\b.*"
    r"|\b(?:that|which|whom) (?:nobody|no one)\b"
    r"|\b(?:says?|tells?|announces?) (?:\w+ ){0,2}that .*"
    r"|\b(?:accept|approve|confirm)s? or (?:reject|decline|refuse)s?\b"
    r"|\b(?!(?:system|app|application|service|api|server|platform) )\w+ (?:shall|can|may|must|should|will) (?:\w+ or )?"
    r"(?:reject|decline|refuse|deny)\b",
    re.IGNORECASE,
)
# For how long somebody has a thing: of what is done, and nothing that is refused, unless it says what they may do.
_LASTING = re.compile(
    r"\bfor (?:at most|no (?:more|longer) than|up to) \w+ (?:minutes?|hours?|days?|weeks?|months?)\b", re.IGNORECASE
)
# Where one part of a sentence may end and the next begin: always, and where only one of the two refuses something.
_ALWAYS = re.compile(r"\s*[;；]\s*")
_MAYBE = re.compile(
    r",?\s+(?:and|but)\s+(?=(?:the|an?|each|every|no|nobody|no one|two)\s)"
    r"|,\s+(?=(?:nobody|no one)\s)"
    r"|(?<=[가-힣]며),?\s+|(?<=[가-힣]고),?\s+|(?<=지만),?\s+",
    re.IGNORECASE,
)
#: Fewer words are a remark on what stands before.
_FEWEST = 2

# The verb of what is refused, as it is written.
_NOT_DONE = re.compile(
    r"\b(?:cannot|can not|can't|may not|must not|mustn't|shall not|should not|can never|may never|must never"
    r"|(?:is|are) not allowed to|not be able to|(?:nobody|no one) (?:can|may|must|shall)"
    r"|(?:can|may|must) only|only (?:[\w'-]+ ){1,5}?(?:can|may|(?:is|are) allowed to|(?:is|are) able to))"
    r"\s+(?:not\s+)?(?P<be>be\s+)?(?:\w+ly\s+)?(?P<en>[a-z-]+)"
    r"|(?:(?P<noun>[가-힣]+)[을를]\s+)?(?P<ko>[가-힣]+)\s+수\s*(?:가\s*)?(?:없|있는 것은)"
    r"|(?P<ko2>[가-힣]+)(?:지|는 것은?)\s*(?:못|않아야|안 된|금지)"
    r"|(?:만|[어아해]야(?:만)?)\s+(?P<ko3>[가-힣]+)\s+수\s*있",
    re.IGNORECASE,
)
_ENDING_KO = re.compile(r"(?:하게 할|시킬|받을|될|할|하|되)$")
#: Verbs that say how things stand: a rule with one of them refuses whatever would bring that about.
_STANDING = frozenset(
    {"be", "have", "exceed", "overlap", "exist", "contain", "hold", "belong", "happen", "lie", "stay"}
)
_STANDING_KO = re.compile(r"^(?:있|없|겹|넘|초과|존재|가지|가질|동시|중복|포함)")


def refuses(text: str) -> bool:
    """Whether a sentence is a rule that refuses something."""
    own = _REPORTED.sub("", text)
    own = own if shows("affirmed", own) else _LASTING.sub("", own)
    return bool(shows("failure", own) or shows("permission", own))


@lru_cache(maxsize=4096)
def parts_of(sentence: str) -> tuple[str, ...]:
    """The parts of a sentence of which each says something by itself; the whole where none refuses anything."""
    parts = [part for part in _ALWAYS.split(sentence) if part.strip()]
    if len(parts) > 1 and any(len(part.split()) < _FEWEST for part in parts):
        parts = [sentence]
    return tuple(found for part in parts for found in _by_rule(part))


def _by_rule(part: str) -> tuple[str, ...]:
    if not refuses(part):
        return (part,)
    for gap in _MAYBE.finditer(part):
        before, after = part[: gap.start()].strip(), part[gap.end() :].strip()
        whole = min(len(before.split()), len(after.split())) >= _FEWEST
        if whole and refuses(before) != refuses(after):
            return (before, *_by_rule(after))
    return (part,)


def forbidden(text: str) -> str:
    """The verb of what a rule forbids, in its base form or as a stem; empty where it only says how things must be."""
    found = _NOT_DONE.search(text)
    if found is None:
        return ""
    if found["en"]:
        word = found["en"].lower()
        base = lexicon().forms_en.get(word, (word, ""))[0]
        compared = re.match(r"\s+than\b", text[found.end("en") :]) is not None
        done = not found["be"] or not (compared or word in known_tags())  # who cannot be on two lists does nothing
        return base if done and base not in _STANDING else ""
    word = next(filter(None, (found["ko"], found["ko2"], found["ko3"])))
    word = found["noun"] if found["noun"] and word in {"할", "하"} else word  # 예약을 할 수 없다
    stem = _ENDING_KO.sub("", word)
    return "" if _STANDING_KO.search(word) or len(stem) < 1 else stem or ""
