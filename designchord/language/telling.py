"""Who is told something without asking for it: ``gets a code by message``, ``알림을 받는다``."""

from __future__ import annotations

import re

from designchord.language.lexicon import Verb
from designchord.language.words import Act, Parse

_GETTING = frozenset({"get", "receive"})
_SENT = frozenset({"send", "tell"})
_BY = re.compile(
    r"\b(?:by|via|through|as|in) (?:an? )?"
    r"(?:e-?mail|(?:text |push )?message|text|sms|push|notification|letter|alert)s?\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:is|are|gets?|be) $", re.IGNORECASE)
_BY_KO = re.compile(r"(?:이메일|메일|문자|메시지|알림톡|푸시|카톡|카카오톡)(?:로|으로)\s")
_RECEIVED_KO = re.compile(r"받(?:는다|습니다|고|으며|을 수|아|도록)|받$")


def read_notices(parse: Parse) -> None:
    """Whoever gets something by message, or a notification, is told; that is no reading and makes no record."""
    for act in parse.acts:
        if not _is_told(act, parse):
            continue
        act.verb = Verb("notify", "notify")
        act.target = act.subject if act.subject is not None else act.target


def _is_told(act: Act, parse: Parse) -> bool:
    told = any(one.concept is not None and one.concept.told for one in act.objects)
    after, before = parse.text[act.start :], parse.text[: act.start]
    if parse.language == "ko":
        by_message = bool(_BY_KO.search(before))
        return bool(_RECEIVED_KO.match(after)) and (told or by_message)
    if act.word in _SENT and _PASSIVE.search(before):
        return True
    return act.word in _GETTING and (told or bool(_BY.search(after)))
