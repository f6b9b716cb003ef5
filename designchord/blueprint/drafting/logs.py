"""Figures that people write down: ``log sets and reps for each exercise`` keeps a log of the exercise."""

from __future__ import annotations

from designchord.blueprint.drafting import naming
from designchord.blueprint.drafting.lexicon import AttributeWord, Concept, Verb, lexicon
from designchord.blueprint.drafting.tagging import Token
from designchord.blueprint.drafting.words import Act, Mention, Parse

_ENDS = {"prep", "verb", "sub", "modal", "to", "pron"}


def read_logs(parse: Parse, tokens: list[Token]) -> None:
    """Turn verbs that write down nothing but figures into acts that make a log with those figures."""
    for act in parse.acts:
        if act.word not in lexicon().logging_en or act.subject is None or act.mood not in {"main", "trigger"}:
            continue
        written = _written(act, tokens)
        figures = [(token, _figure(token)) for token in written]
        about = _about(parse, act, tokens)
        if about is None or not figures or not all(word for _, word in figures):
            continue
        _make_log(parse, act, about, [(token, word) for token, word in figures if word is not None])


def _written(act: Act, tokens: list[Token]) -> list[Token]:
    """The heads of the nouns that follow the verb, up to a preposition or the next verb."""
    heads: list[Token] = []
    after = [token for token in tokens if token.start > act.start]
    for token, following in zip(after, [*after[1:], None], strict=True):
        if token.tag in _ENDS:
            break
        if token.tag == "noun" and (following is None or following.tag != "noun"):
            heads.append(token)
    return heads


def _figure(token: Token) -> AttributeWord | None:
    words = lexicon()
    kind = words.measures_en.get(token.low)
    if kind is not None:
        return AttributeWord(naming.snake(token.low), kind)
    known = words.attributes_en.get(token.lemma)
    return known if known is not None and known.type in {"integer", "decimal"} else None


def _about(parse: Parse, act: Act, tokens: list[Token]) -> Mention | None:
    """What the figures are of: the first thing that a preposition leads to, else what the sentence spoke of before."""
    starts = {token.start for token in tokens if token.tag == "prep" and token.start > act.start}
    after = [m for m in parse.entities if m.kind == "thing" and any(start < m.start for start in starts)]
    return after[0] if after else None


def _make_log(parse: Parse, act: Act, about: Mention, figures: list[tuple[Token, AttributeWord]]) -> None:
    name, label = f"{about.name}Log", f"{' '.join(naming.split_words(about.name)).lower()} log"
    concept = Concept(name, en=(label,), own=True, of=((about.name, True),), has=lexicon().log_features)
    start = figures[0][0].start
    log = Mention(name, label, "thing", "object", start, concept, known_word=True)
    spoken = {token.start for token, _ in figures}
    parse.mentions = [m for m in parse.mentions if m.start not in spoken and not act.start < m.start <= max(spoken)]
    parse.mentions.append(log)
    for token, word in figures:
        parse.mentions.append(Mention(word.name, token.text, "attribute", "object", token.start, None, word, log))
    parse.mentions.sort(key=lambda mention: mention.start)
    act.verb, act.object, act.also, act.target = Verb("create", act.word), log, [], about
