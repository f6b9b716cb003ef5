"""Attributes of several words, and values in brackets: ``moisture content``, ``brood status (weak, strong)``."""

from __future__ import annotations

import re

from designchord.language import naming
from designchord.language.lexicon import AttributeWord, lexicon
from designchord.language.tagging import Token
from designchord.language.words import Mention, Parse

_VALUES = re.compile(r"\s*\((?P<values>[^()]{3,120})\)")
_BETWEEN = re.compile(r"\s*(?:[,/|·、]|\bor\b|\band\b|또는|혹은)\s*")
#: More words are no value but a remark.
_LONGEST = 3
_FEWEST = 2
_REMARK = re.compile(r"\d|^(?:e\.?g|i\.?e|for example|such as|예|optional|required|unique|선택|필수)\b", re.IGNORECASE)


def compound(words: list[Token], index: int) -> tuple[str, AttributeWord] | None:
    """The attribute that a noun and the one behind it are together, by what the second says: its label, and itself."""
    if index + 1 >= len(words):
        return None
    first, head = words[index], words[index + 1]
    kind = lexicon().heads_en.get(head.lemma) or lexicon().heads_en.get(head.low)
    if head.plural and head.low not in lexicon().heads_en:
        return None
    if kind is None or first.start + len(first.text) + 1 != head.start or not first.low.isalpha():
        return None
    label = f"{first.low} {head.low}"
    return label, AttributeWord(naming.snake(label), kind)


def count_of(tokens: list[Token], index: int) -> tuple[str, AttributeWord] | None:
    """``number of trees`` as an attribute."""
    three = tokens[index : index + 3]
    if len(three) < 3 or three[0].low != "number" or three[1].low != "of" or not three[2].plural:
        return None
    return f"number of {three[2].low}", AttributeWord(f"{naming.snake(three[2].lemma)}_count", "integer")


def without_values(text: str) -> tuple[str, list[tuple[int, tuple[str, ...]]]]:
    """The text without the values that stand in brackets, and where they stood in what is left."""
    left, found, end = "", [], 0
    for match in _VALUES.finditer(text):
        values = tuple(part.strip(" '\"“”‘’") for part in _BETWEEN.split(match["values"]) if part.strip())
        if len(values) >= _FEWEST and all(len(one.split()) <= _LONGEST and not _REMARK.search(one) for one in values):
            left += text[end : match.start()]
            found.append((len(left), values))
            end = match.end()
    return left + text[end:], found


def give_values(parse: Parse, found: list[tuple[int, tuple[str, ...]]]) -> bool:
    """Give the nouns in front of brackets the values that stood there; whether each of them has such a noun."""
    nouns = [next((m for m in parse.mentions if m.start + len(m.label) == at), None) for at, _ in found]
    valued = [_valued(noun) if noun is not None else None for noun in nouns]
    if not all(valued):
        return False
    for noun, (_, values) in zip(valued, found, strict=True):
        if noun is not None:
            noun.values = values
            parse.mentions += [] if noun in parse.mentions else [noun]
    return True


def put_back(parse: Parse, text: str, found: list[tuple[int, tuple[str, ...]]]) -> None:
    """Move what was read behind brackets to where it stands in the text with them."""
    places: list[tuple[int, int]] = []
    at = 0
    for match in _VALUES.finditer(text):
        if at < len(found) and match.start() - sum(size for _, size in places) == found[at][0]:
            places.append((found[at][0], match.end() - match.start()))
            at += 1
    for mention in parse.mentions:
        mention.start += sum(size for place, size in places if mention.start >= place)
    for act in parse.acts:
        act.start += sum(size for place, size in places if act.start >= place)


def _valued(mention: Mention) -> Mention | None:
    """The attribute that has the values: the noun itself, or the sort of a thing that is known."""
    if mention.kind == "attribute":
        return mention
    if mention.kind == "person" or mention.plural:
        return None
    if mention.guessed:
        mention.kind, mention.attribute = "attribute", AttributeWord(naming.snake(mention.name), "string")
        mention.name = mention.attribute.name
        return mention if mention.label.isascii() or mention.known_word else None
    sort = AttributeWord("type", "string")
    return Mention("type", "type", "attribute", "object", mention.start, None, sort, mention)
