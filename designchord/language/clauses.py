"""The clauses of an English sentence: conditions and consequences, who does what to what."""

from __future__ import annotations

import re
from itertools import pairwise

from designchord.language import naming
from designchord.language.agents import is_agent
from designchord.language.lexicon import Verb, lexicon
from designchord.language.tagging import Token
from designchord.language.words import Act, Mention, Mood, Parse, Role

_SYSTEMS = {"system", "application", "app", "api", "service", "platform", "backend", "software", "server", "website"}
_CONDITIONS = {
    "if",
    "when",
    "while",
    "where",
    "once",
    "unless",
    "until",
    "after",
    "before",
    "because",
    "since",
    "although",
}
_ALSO = {"again", "also", "only", "now", "today", "online", "together"}
_JUDGING = {"easy", "easier", "hard", "harder", "simple", "simpler", "difficult", "safe", "safer", "convenient"}
_ENTERING = {"register", "log in", "sign in", "sign up", "login", "signup"}
_SOUGHT = {"search", "look", "query", "browse"}
_ASKING = {"how", "why", "whether"}
_CONTAINERS = {
    "block",
    "piece",
    "bit",
    "bunch",
    "amount",
    "collection",
    "count",
    "detail",
    "details",
    "group",
    "history",
    "id",
    "kind",
    "list",
    "name",
    "number",
    "pair",
    "range",
    "series",
    "set",
    "sort",
    "state",
    "status",
    "summary",
    "type",
    "variety",
}


# What is seen through: who sees the details of an order sees the order.
_TRANSPARENT = {"information", "info", "data", "overview", "result", "page", "record", "all", "one"}

# Where an act goes; what one pays with is not what one pays for.
_REACHED: tuple[set[Role], set[Role]] = ({"place", "means"}, {"place"})


def read_moods(tokens: list[Token]) -> list[Mood]:
    """The mood of the clause that each token stands in."""
    moods: list[Mood] = []
    mood: Mood = "main"
    modal = ""
    conditional = any(token.low in _CONDITIONS for token in tokens[:4])
    system = False
    for index, token in enumerate(tokens):
        relative = token.low == "where" and index > 0 and tokens[index - 1].tag == "noun"
        relative = relative or _is_preposition(tokens, index)
        if token.low in _CONDITIONS and mood != "purpose" and not relative:
            mood = "trigger" if token.low in {"when", "once", "after"} else "condition"
        elif (
            token.low == "so"
            and index + 1 < len(tokens)
            and tokens[index + 1].low in {"that", "i", "they", "we", "users"}
        ):
            mood = "purpose"
        elif token.low in _ASKING and index and tokens[index - 1].tag in {"verb", "noun", "prep"} and mood == "main":
            mood = "purpose"  # who specifies how long a cook takes does not cook
        elif token.low == "without":
            mood = "condition"
        elif token.low in {".", ";", "then"} or (token.low == "," and mood in {"trigger", "condition"}):
            mood, modal = "main", ""
        elif token.tag == "modal":
            modal = token.low
            system = conditional and index > 0 and tokens[index - 1].low in _SYSTEMS
            if mood in {"trigger", "condition"} and token.low in {"shall", "must", "should", "will"}:
                mood = "main"
        passive = token.tag == "verb" and token.form == "ed" and _be_before(tokens, index)
        able = modal in {"can", "could", "may"}
        person = lexicon().en.get(token.lemma)
        system = system and not (person is not None and person.person)
        if token.tag == "verb" and index and tokens[index - 1].low in _SYSTEMS and _is_action(token.verb):
            moods.append("effect")
            continue
        bare = token.tag == "verb" and token.form == "ed" and not passive
        if mood == "main" and (bare or _describes(tokens, index)):
            moods.append("modifier")
            continue
        if mood == "main" and _intends(tokens, index, moods):
            moods.append("purpose")
            continue
        effect = (passive and not able) or (system and _changes(token.verb))
        moods.append("effect" if effect and mood == "main" else mood)
    return moods


_TIMES = {"after", "before", "until", "since"}


def _is_preposition(tokens: list[Token], index: int) -> bool:
    """Whether ``after`` and the like stand before a noun, and no clause: ``after the lesson the teacher writes``."""
    if tokens[index].low not in _TIMES:
        return False
    seen = False
    for token in tokens[index + 1 :]:
        if token.tag in {"verb", "modal", "mark"}:
            return False
        if seen and token.tag in {"det", "poss"}:
            return True
        seen = seen or token.tag == "noun"
    return False


def _describes(tokens: list[Token], index: int) -> bool:
    """Whether a verb only describes the noun before it: customers waiting to place orders place none yet."""
    if tokens[index].tag == "verb" and tokens[index].form == "ing":
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if after is not None and after.tag == "conj" and index + 2 < len(tokens) and tokens[index + 2].form == "ing":
            return _describes(tokens, index + 2)  # borrowing and lending
        judged = (
            after is not None and after.tag == "adj" and not any(one.tag == "noun" for one in tokens[index + 2 :][:1])
        )
        alone = (
            after is None or judged or (after.tag in {"mark", "prep", "verb", "modal"} and after.low not in {",", "/"})
        )
        return alone or (index > 0 and tokens[index - 1].tag == "noun")
    return index > 2 and tokens[index - 1].tag == "to" and _describes(tokens, index - 2)


def _intends(tokens: list[Token], index: int, moods: list[Mood]) -> bool:
    """Whether a verb is what another act is for: a clerk closes slots to stop bookings. One clicks to do something."""
    if tokens[index].tag != "verb" or index < 2 or tokens[index - 1].tag != "to":
        return False
    before = tokens[index - 2]
    if before.tag == "adj":
        return before.low in _JUDGING
    if before.tag == "verb":  # who registers to order orders later
        return before.verb in _ENTERING
    if before.tag != "noun":
        return False
    words = lexicon()
    earlier = (one.verb for one, mood in zip(tokens, moods, strict=False) if one.tag == "verb" and mood == "main")
    return any(verb in words.verbs_en and verb not in words.quiet_en for verb in earlier)


def _is_action(word: str) -> bool:
    verb = lexicon().verbs_en.get(word)
    return verb is not None and verb.act in {"action", "notify", "send"}


def _changes(word: str) -> bool:
    verb = lexicon().verbs_en.get(word)
    return verb is not None and verb.act in {"create", "update", "delete", "action", "notify", "send"}


def _be_before(tokens: list[Token], index: int) -> bool:
    return any(
        token.low in {"is", "are", "was", "were", "be", "been", "being", "get", "gets"}
        for token in tokens[max(0, index - 3) : index]
    )


def settle(parse: Parse, tokens: list[Token]) -> None:
    """Roles by position: before the verb the subject, right after it the object, after a preposition the rest."""
    between = {token.start: token for token in tokens}
    starts = sorted(between)
    for mention in parse.mentions:
        if mention.kind == "attribute" and mention.owner is None and not mention.name.endswith("_count"):
            mention.owner = _possessor(mention, parse, tokens)
        if mention.role == "bare" and _is_subject(mention, tokens):
            mention.role = "topic"
        elif mention.role == "bare":
            mention.role = _role(mention, parse, [between[s] for s in starts if s < mention.start])
    for mention in parse.entities:
        if mention.role == "topic" and mention.guessed:
            mention.agent = _is_agent(mention, parse.text)
    for position, act in enumerate(parse.acts):
        following = parse.acts[position + 1].start if position + 1 < len(parse.acts) else 10**9
        after = [m for m in parse.entities if act.start < m.start < following]
        before = [m for m in parse.entities if m.start < act.start]
        act.subject = next((m for m in reversed(before) if m.role == "topic" and (m.kind == "person" or m.agent)), None)
        act.subject = act.subject or _house(act, before, after, tokens)
        if act.subject is not None and _by_system(tokens, act.subject.start, act.start):
            act.subject = None
        _offer(act, parse.text)
        direct = [m for m in after if m.role == "object"]
        act.object = direct[0] if direct else None
        if _pronoun_after(tokens, act.start):
            _take_pronoun(act, parse.acts[:position], before)
        _take_antecedent(act, parse, tokens)
        if act.object is None and not act.unread:
            _turn_passive(act, tokens, before, after, parse.text)
        act.also = _listed(parse.text, direct) if direct and act.object is direct[0] else []
        act.unread = act.unread or _unread(parse, tokens, act.start)
        act.target = next((m for m in after if m.role in _REACHED[act.word == "pay"] and m is not act.object), None)
        if act.object is None and act.word in _SOUGHT and act.target is not None and not act.unread:
            sought = parse.text[act.start : act.target.start].lower().split()
            act.object = act.target if sought[1:2] == ["for"] else None  # who searches for doctors finds doctors
    for position in range(len(parse.acts) - 2, -1, -1):
        act, follower = parse.acts[position], parse.acts[position + 1]
        if act.object is None and act.verb.act != "quiet" and follower.start - act.start < 40:
            gap = parse.text[act.start + len(act.word) : follower.start]
            if re.fullmatch(r"(?!to\b)\w{0,3}\s*(?:,|and|or|/|,\s*and|,\s*or|&|\s)+\s*", gap.strip() + " "):
                act.object, act.target, act.also = follower.object, follower.target, follower.also
                act.unread = follower.unread
    for act in parse.acts:
        if act.word == "make" and act.object is not None and _judged(tokens, act.object):
            act.verb = Verb("quiet", act.word)
        if act.object is not None and act.object.role == "owner":
            act.object = next(
                (m for m in parse.entities if m.start > act.object.start and m.role != "owner"), act.object
            )


def _take_pronoun(act: Act, earlier: list[Act], before: list[Mention]) -> None:
    """``it`` is what was done something to last, though no word names it; else what was spoken of, but not who acts."""
    done = next((one for one in reversed(earlier) if one.object is not None or one.unread), None)
    things = [m for m in before if m.kind == "thing" and m is not act.subject]
    if done is not None:
        act.object, act.unread = done.object, done.unread if done.object is None else ""
    elif things:
        act.object = things[-1]


def _house(act: Act, before: list[Mention], after: list[Mention], tokens: list[Token]) -> Mention | None:
    """Who does it, where no word says that it is a person: ``the desk invoices a customer``, ``the captain sees …``."""
    last = next((m for m in reversed(before) if m.role == "topic"), None)
    if last is None or not (last.guessed and last.counted) or last.plural or act.verb.act in {"quiet", "notify"}:
        return None
    first = next((one for one in tokens if one.start >= last.start), None)
    position = next((n for n, one in enumerate(tokens) if one.start == act.start), 0)
    active = tokens[position].form in {"s", "base"} and not _be_before(tokens, position)
    deed = first is not None and first.verb  # a scan, a check: what is done does nothing itself
    return last if active and not deed and bool(after or act.unread) else None


def _take_antecedent(act: Act, parse: Parse, tokens: list[Token]) -> None:
    """``a permit, which the clerk approves before the trip``: the permit is approved, not the trip."""
    position = next((n for n, token in enumerate(tokens) if token.start == act.start), 0)
    opening = next(
        (n for n in range(position - 1, -1, -1) if tokens[n].tag in {"verb", "mark"} or _relates(tokens[n])), -1
    )
    if opening < 1 or not _relates(tokens[opening]) or opening == position - 1:
        return  # ``the clerk who approves``: that one is the subject
    if not any(token.tag == "noun" for token in tokens[opening + 1 : position]):
        return
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if (
        following is not None
        and following.tag in {"det", "noun", "adj", "poss", "number"}
        and following.low != "before"
    ):
        return
    behind = tokens[opening].start
    act.object = next((m for m in reversed(parse.entities) if m.start < behind and m.kind == "thing"), None)
    act.unread = "" if act.object is not None else tokens[opening - 1].text


def _relates(token: Token) -> bool:
    return token.low in {"which", "that"}


def _judged(tokens: list[Token], mention: Mention) -> bool:
    """Whether an adjective follows a thing: who makes rooms easier to manage makes no room."""
    end = mention.start + len(mention.label)
    after = next((token for token in tokens if token.start >= end), None)
    return after is not None and after.tag == "adj" and not after.low.endswith("ly") and after.low not in _ALSO


def _by_system(tokens: list[Token], start: int, end: int) -> bool:
    """Whether the subject of a verb is the system, behind whoever was spoken of before: ``the app shall display``."""
    between = [token for token in tokens if start < token.start <= end]
    return any(one.low in _SYSTEMS and (after.tag == "modal" or after.start == end) for one, after in pairwise(between))


_OFFERED = re.compile(r"\b(?:for|at|in|on) (?:sale|auction|rent|hire|swap|free|exchange)\b|\bmarketplace\b")


def _offer(act: Act, text: str) -> None:
    """To list something for sale is to offer it."""
    seller = act.subject is not None and act.subject.name in {"Seller", "Landlord", "Host", "Farmer"}
    if act.word == "list" and (seller or (act.subject is not None and _OFFERED.search(text.lower()))):
        act.verb, act.word = Verb("create", "offer"), "offer"


def _is_agent(mention: Mention, text: str) -> bool:
    word = naming.singular(mention.label.rpartition(" ")[2])
    return is_agent(word, several=mention.plural, before=text[: mention.start])


def _turn_passive(act: Act, tokens: list[Token], before: list[Mention], after: list[Mention], text: str) -> None:
    """``Loans are approved by a clerk``: the clerk does it, to the loans."""
    position = next((n for n, token in enumerate(tokens) if token.start == act.start), 0)
    if tokens[position].form != "ed" or not _be_before(tokens, position):
        return
    doer = next((m for m in after if m.role == "means" and (m.kind == "person" or _is_agent(m, text))), None)
    done = [m for m in before if m.role == "topic" and m.kind != "attribute"]
    if not done:
        act.unread = " ".join(token.text for token in tokens[:position] if token.tag == "noun")
    if doer is not None and done and act.verb.act != "quiet":
        act.subject, act.object, doer.role = doer, done[-1], "topic"
        act.mood = "main" if act.mood == "effect" else act.mood
        doer.agent = doer.guessed


def _unread(parse: Parse, tokens: list[Token], start: int) -> str:
    """The words of a verb's object, where none of them names a thing or a person."""
    position = next((n for n, token in enumerate(tokens) if token.start == start), len(tokens)) + 1
    while position < len(tokens) and tokens[position].tag in {"det", "adj", "number"}:
        position += 1
    end = position
    while end < len(tokens) and tokens[end].tag in {"noun", "adj", "poss"}:
        end += 1
    words = tokens[position:end]
    if words and words[-1].lemma in _CONTAINERS and not _contains(tokens, end - 1):
        return " ".join(token.text for token in tokens[position - (len(words) == 1) : end])
    inside = any(words[0].start <= mention.start <= words[-1].start for mention in parse.entities) if words else True
    if inside or words[-1].lemma in _CONTAINERS | _TRANSPARENT:
        return ""
    return " ".join(token.text for token in words)


def _pronoun_after(tokens: list[Token], start: int) -> bool:
    """Whether a verb's object is ``it`` or ``them``: what was spoken of last."""
    position = next((n for n, token in enumerate(tokens) if token.start == start), len(tokens))
    return any(token.low in {"it", "them"} for token in tokens[position + 1 : position + 2])


def _joined(text: str, first: Mention, other: Mention) -> bool:
    """Whether two objects are listed together: ``recipes and comments``."""
    gap = text[first.start + len(first.label) : other.start]
    return len(gap) < 60 and bool(
        re.fullmatch(r"(?:\s*(?:,|and|or|&)\s*(?:an?|the|their|his|her|my|[\w-]+)?)+\s*", gap.strip() + " ")
    )


def _listed(text: str, direct: list[Mention]) -> list[Mention]:
    """The objects that are listed behind the first: ``members, membership types, sessions and rooms``."""
    listed = direct[:1]
    for mention in direct[1:]:
        if _joined(text, listed[-1], mention) or _joined(text, direct[0], mention):
            listed.append(mention)
    return listed[1:]


def _possessor(mention: Mention, parse: Parse, tokens: list[Token]) -> Mention | None:
    """Whose attribute it is in ``a title for the survey``, ``the name of a pet``."""
    after = [token for token in tokens if token.start >= mention.start + len(mention.label)]
    if after and after[0].low in {"of", "for"}:
        return next((m for m in parse.entities if m.start > after[0].start and m.start - after[0].start < 24), None)
    return None


def _is_subject(mention: Mention, tokens: list[Token]) -> bool:
    """Whether a noun phrase stands between a clause's beginning and its verb."""
    position = next((n for n, token in enumerate(tokens) if token.start >= mention.start), None)
    if position is None:
        return False
    end, start = position, position
    while end < len(tokens) and tokens[end].tag in {"noun", "adj", "poss"}:
        end += 1
    while (
        start > 0 and tokens[start].tag != "det" and tokens[start - 1].tag in {"noun", "adj", "det", "poss", "number"}
    ):
        start -= 1
    opens = start == 0 or tokens[start - 1].tag in {"mark", "sub"} or tokens[start - 1].low in {"then", "that"}
    opens = opens or (tokens[start - 1].tag == "conj" and mention.kind == "person")
    opens = opens or (tokens[start - 1].tag == "noun" and tokens[start].tag == "det")  # after the trip the driver …
    return opens and end < len(tokens) and tokens[end].tag in {"verb", "modal"} and tokens[end].form != "ing"


_PLACES = {"to", "into", "in", "on", "at", "from", "for", "per", "between", "under", "onto", *_TIMES}


def _contains(tokens: list[Token], index: int) -> bool:
    """Whether a word only holds what follows it: a list of trips, but not a loading list of a trip."""
    named = index > 0 and (tokens[index - 1].tag == "noun" or tokens[index - 1].form == "ing")
    return tokens[index].lemma in _CONTAINERS and not named


def _role(mention: Mention, parse: Parse, before: list[Token]) -> Role:
    for index in range(len(before) - 1, -1, -1):
        token = before[index]
        if token.tag == "verb":
            return "object"
        if token.low == "of" and not (index and _contains(before, index - 1)):
            return "owner"
        if token.low in _PLACES and token.tag != "number":  # at most five
            return "place"
        if token.low in {"by", "via", "through"}:
            return "means"
        if token.low in {"with", "including"}:
            return "with"
        if token.tag in {"modal", "sub"}:
            break
    return "topic" if any(act.start > mention.start for act in parse.acts) else "bare"
