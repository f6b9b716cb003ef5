"""Figures that people write down: ``log sets and reps for each exercise`` keeps a log of the exercise."""

from __future__ import annotations

from designchord.language import naming
from designchord.language.lexicon import AttributeWord, Concept, Verb, lexicon
from designchord.language.tagging import Token
from designchord.language.words import Act, Mention, Parse

_ENDS = {"prep", "verb", "sub", "modal", "to", "pron"}


def read_logs(parse: Parse, tokens: list[Token]) -> None:
    """Turn verbs that write down nothing but figures into acts that make a log with those figures."""
    for act in parse.acts:
        if act.word not in lexicon().logging_en or act.mood not in {"main", "trigger"}:
            continue
        figures = [(phrase[0], _figure(phrase)) for phrase in _written(act, tokens)]
        about = _about(parse, act, tokens)
        if about and figures and all(word for _, word in figures):
            _make_log(parse, act, about, [(token, word) for token, word in figures if word is not None])


def _written(act: Act, tokens: list[Token]) -> list[list[Token]]:
    """The noun phrases that follow the verb, up to a preposition or the next verb."""
    phrases: list[list[Token]] = []
    open_phrase = False
    for token in tokens:
        if token.start <= act.start:
            continue
        if token.tag in _ENDS:
            break
        if token.tag == "noun":
            if not open_phrase:
                phrases.append([])
            phrases[-1].append(token)
        open_phrase = token.tag == "noun"
    return phrases


def _figure(phrase: list[Token]) -> AttributeWord | None:
    """The attribute that a phrase of figures is: ``flight minutes``, ``reps``, ``weight``."""
    words, head = lexicon(), phrase[-1]
    kind = words.measures_en.get(head.low)
    known = words.attributes_en.get(head.lemma)
    if kind is None and known is not None and known.type in {"integer", "decimal"}:
        kind = known.type
    return AttributeWord(naming.snake(" ".join(token.low for token in phrase)), kind) if kind is not None else None


def _about(parse: Parse, act: Act, tokens: list[Token]) -> list[Mention]:
    """What the figures are of: the things that a preposition leads to."""
    first = min((token.start for token in tokens if token.tag == "prep" and token.start > act.start), default=None)
    return [m for m in parse.entities if m.kind == "thing" and first is not None and m.start > first][:2]


def _make_log(parse: Parse, act: Act, about: list[Mention], figures: list[tuple[Token, AttributeWord]]) -> None:
    name, label = f"{about[0].name}Log", f"{' '.join(naming.split_words(about[0].name)).lower()} log"
    concept = Concept(name, en=(label,), own=True, of=tuple((m.name, True) for m in about), has=lexicon().log_features)
    start = figures[0][0].start
    log = Mention(name, label, "thing", "object", start, concept, known_word=True)
    last = max(token.start for token, _ in figures)
    first = min(mention.start for mention in about)
    parse.mentions = [m for m in parse.mentions if not act.start < m.start <= last and not (last < m.start < first)]
    parse.mentions.append(log)
    for token, word in figures:
        spoken = word.name.replace("_", " ")
        parse.mentions.append(Mention(word.name, spoken, "attribute", "object", token.start, None, word, log))
    parse.mentions.sort(key=lambda mention: mention.start)
    act.verb, act.object, act.also, act.target = Verb("create", act.word), log, [], about[0]
