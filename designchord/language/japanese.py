"""Languages that cannot be analysed here: known Japanese words are spotted, everything else is left alone."""

from __future__ import annotations

import re
from functools import cache

from designchord.language.lexicon import Verb, lexicon
from designchord.language.words import Act, Mention, Parse


@cache
def _pattern() -> re.Pattern[str]:
    words = lexicon()
    terms = sorted([*words.ja, *words.verbs_ja], key=len, reverse=True)
    return re.compile("|".join(_bounded(term) for term in terms))


def _bounded(term: str) -> str:
    """Katakana words stand alone (no ポイント in エンドポイント), single characters are no part of a compound."""
    if "ァ" <= term[0] <= "ヶ":
        return rf"(?<![ァ-ヶー]){re.escape(term)}(?![ァ-ヶー])"
    return rf"(?<![一-龯]){re.escape(term)}(?![一-龯])" if len(term) == 1 else re.escape(term)


def parse_other(text: str) -> Parse:
    """Mentions and acts of the Japanese words that the lexicon has; nothing in other languages."""
    words = lexicon()
    result = Parse(text, "other")
    for match in _pattern().finditer(text):
        word = match.group()
        if name := words.ja.get(word):
            concept = words.concepts[name]
            topic = text[match.end() : match.end() + 1] in {"は", "が"}
            kind = "person" if concept.person else "thing"
            role = "topic" if topic else "object"
            result.mentions.append(Mention(name, word, kind, role, match.start(), concept))  # type: ignore[arg-type]
        elif result.mentions:
            things = [mention for mention in result.mentions if mention.kind == "thing"]
            people = [mention for mention in result.mentions if mention.kind == "person" and mention.role == "topic"]
            verb: Verb = words.verbs_ja[word]
            act = Act(verb, match.start(), word, object=things[-1] if things else None)
            act.subject = people[-1] if people else None
            result.acts.append(act)
    return result
