"""The clauses of a Korean sentence: what each act is done to and by whom, which stand before the verb."""

from __future__ import annotations

import re
from itertools import pairwise

from designchord.language.lexicon import Verb, lexicon
from designchord.language.words import Act, Mention, Parse


def _suits(act: Act, objects: list[Mention]) -> bool:
    """Whether a verb's noun stands for a record of its own; ``휴가를 신청하다`` makes no application but a leave."""
    if not act.verb.makes:
        return not objects
    made = lexicon().concepts[act.verb.makes]
    if not made.vague or not objects or objects[-1].concept is None:
        return True
    fits = objects[-1].name in {name for name, _ in made.of}
    if not fits and objects[-1].concept.own:
        act.verb = Verb("create", "create")
        return False
    return True


def _compound(act: Act, parse: Parse) -> None:
    """``진료를 예약하다`` makes what ``진료예약`` is called, when the catalogue knows that compound."""
    words = lexicon()
    before = [m for m in parse.entities if m.role == "object" and m.start < act.start]
    made = (
        words.ko.get(before[-1].label.replace(" ", "") + act.word)
        if before and act.word and (act.verb.makes or act.verb.act == "create")
        else None
    )
    if made is not None:
        act.verb = Verb("create", "create", makes=made.name)
        before[-1].name, before[-1].concept, before[-1].label = made.name, made, f"{before[-1].label} {act.word}"
        parse.mentions = [m for m in parse.mentions if not (m.start == act.start and m is not before[-1])]


_ABOUT = re.compile(r"이력|현황|통계|내역|실적|^(?:개|갯|건|횟|인원 ?)?수(?:\([^)]*\))?[를을]")
_APART = re.compile(r"[가-힣](?:에 (?:따른|따라|의한)|에서|로 인한|을 위한|를 위한)(?![가-힣])")


def _between(text: str, act: Act) -> str:
    """The words that part an act from what stands before it: who manages the history of tasks manages no tasks."""
    gap = text[act.object.start + len(act.object.label) : act.start].strip() if act.object is not None else ""
    about = act.verb.act in {"update", "delete", "action"} and _ABOUT.search(gap)
    return gap if about or (act.nominal and _APART.search(gap)) else ""


#: Endings that close one clause and open the next.
_NEXT_CLAUSE = re.compile(r"(?:고|며|면|거나|지만|아서|어서|해서|는데|니까|[,;])(?=\s)")
#: Endings before a noun that the clause describes: ``강사가 개설한 수업``.
_DESCRIBING = re.compile(r"\S*[한된인는은을를할될던린]$")


def _subject(parse: Parse, act: Act, others: list[Mention]) -> Mention | None:
    """Who does it: the nearest subject of a clause of its own; who only opens a description of a noun does no more."""
    people = [m for m in others if m.role == "topic" and m.kind == "person"]
    chosen = people[0] if people else None
    for person in people[1:]:
        before = parse.text[chosen.start if chosen is not None else 0 : person.start]
        between = (one for one in parse.acts if person.start < one.start < act.start and not one.nominal)
        described = any(_DESCRIBING.match(parse.text[one.start :].split()[0]) for one in between)
        if _NEXT_CLAUSE.search(before) and not described:
            chosen = person
    return chosen


def _described(act: Act, attribute: Mention, others: list[Mention]) -> tuple[list[Mention], str]:
    """What an act is done to whose object is an attribute: whose that is; a step in the life of a thing is no step in
    its price's."""
    if attribute.owner is not None:
        made = lexicon().concepts.get(act.verb.makes)
        if made is not None and made.money:  # a parking fee is charged, no parking
            return [], ""
        return ([], attribute.label) if act.verb.act == "action" else ([attribute.owner], "")
    each = [
        m for m in others if m.role == "place" and m.start < attribute.start and m.kind == "thing" and not m.guessed
    ]
    if not each or act.verb.makes or act.verb.act not in {"create", "update"}:
        return [], ""
    if act.word in lexicon().soft:  # the result of each of them is entered, and none of them made by that
        act.verb = Verb("update", "update")
    return each[-1:], ""


def _is_filled_in(act: Act, attribute: Mention, earlier: int) -> bool:
    """Whether only an attribute is written down after another act: ``반려할 때는 사유를 적는다`` makes nothing."""
    return (
        act.verb.act == "create"
        and not act.verb.makes
        and attribute.owner is None
        and earlier < attribute.start < act.start
    )


_PARTED = re.compile(r"[을를]\s+(?:선택\S*|\S*(?:하여|해서?|하고|골라서?|후에?|뒤에?|[고며]))\s")
_NEAR = 30


def _side_by_side(text: str, one: Mention, other: Mention) -> bool:
    """Whether two things have the same done to them: not those of ``상품을 선택하여 주문을``."""
    gap = text[one.start + len(one.label) : other.start]
    return other.start - one.start < _NEAR and _PARTED.search(gap) is None


_ASKING = {"요청", "신청"}
#: What one asks to be shown: ``상품 목록을 요청한다``.
_SHOWN = re.compile(r"\s*(?:상세 ?)?(?:정보|목록|내역|리스트|상세|현황|이력)[을를]?\s*")
#: What somebody asks others for, and does not do by asking.
_OTHERS = {"approve", "reject", "confirm"}


def _ask_for(text: str, act: Act, following: Act) -> None:
    """``근무 교대를 요청한다`` is a step in the life of what is there: nothing is made by asking for it."""
    gap = text[act.start + len(act.word) : following.start].strip() if act.word else "-"
    step = act.nominal and act.verb.act != "quiet" and not act.verb.makes and act.verb.name not in _OTHERS
    if step and following.word in _ASKING and gap in {"", "을", "를"}:
        following.verb, following.word, following.object, following.also = act.verb, act.word, act.object, act.also


def _ask_to_see(text: str, act: Act) -> None:
    """Who asks for a list of orders is shown them, and makes none."""
    if act.word == "요청" and act.object is not None:
        gap = text[act.object.start + len(act.object.label) : act.start]
        if _SHOWN.fullmatch(gap):
            act.verb = Verb("list", "view")


def _enter(parse: Parse, act: Act, following: Act) -> None:
    """``수입 검사를 등록한다``: what is entered is the record of what is done."""
    gap = parse.text[act.start + len(act.word) : following.start].strip() if act.word else "-"
    entered = act.nominal and bool(act.verb.makes) and following.verb == Verb("create", "create")
    if not entered or gap not in {"을", "를"}:
        return
    about = act.object
    if about is not None and about.guessed and about.start + len(about.label) + 1 >= act.start:
        parse.mentions = [mention for mention in parse.mentions if mention is not about]  # 수입 only says which
        owners = [m for m in parse.entities if m.role == "owner" and m.kind == "thing" and m.start < act.start]
        about = owners[-1] if owners else None
    following.verb, following.object, following.also = act.verb, about, []


_CONVERB = re.compile(r"[가-힣]*(?:[아어여해려워와겨라러켜춰써]|하여)$")


def _leads_to(text: str, act: Act, following: Act) -> bool:
    """Whether an act is only how the next one is done: ``시각을 적어 제출한다``, ``골라 주문한다``."""
    word = text[act.start :].split()[0] if act.mood == "main" and not act.nominal else ""
    return bool(_CONVERB.fullmatch(word)) and following.mood == "main" and following.verb.act != "quiet"


_GRANTED = re.compile(r"(?:의|에게|한테)?\s*[가-힣]{2}[을를이가]?\s*(?:받|얻|필요)")


def _grant(parse: Parse, act: Act) -> None:
    """``경비원의 승인을 받아야 한다``: the guard approves what the sentence is about."""
    person = next((m for m in reversed(parse.entities) if m.kind == "person" and m.start < act.start), None)
    about = next((m for m in parse.entities if m.role == "topic" and m.kind == "thing"), None)
    if act.verb.act != "action" or not act.nominal or person is None or about is None:
        return
    if _GRANTED.match(parse.text[person.start + len(person.label) :]):
        act.subject, act.object, act.also, act.mood, act.nominal = person, about, [], "main", False


def settle(parse: Parse) -> None:
    """Give each act its object, its subject and its target: Korean puts them before the verb."""
    parse.acts.sort(key=lambda act: act.start)
    parse.mentions.sort(key=lambda mention: mention.start)
    for position, act in enumerate(parse.acts):
        _compound(act, parse)
        before = [mention for mention in parse.entities if mention.start <= act.start]
        own = next((m for m in before if m.start == act.start), None)
        if own is not None and not _suits(act, [m for m in before if m.role == "object" and m is not own]):
            parse.mentions.remove(own)
            before.remove(own)
        made = next((m for m in before if act.verb.makes and m.start == act.start), None)
        others = [mention for mention in before if mention is not made]
        act.subject = _subject(parse, act, others)
        objects = [m for m in others if m.role == "object" and m is not act.subject]
        described = [m for m in parse.mentions if m.kind == "attribute" and m.role == "object" and m.start < act.start]
        earlier = parse.acts[position - 1].start if position else None
        if described and earlier is not None and _is_filled_in(act, described[-1], earlier):
            act.unread = described[-1].label
            continue
        if not objects and described:
            objects, act.unread = _described(act, described[-1], others)
            if act.unread:
                act.target = next((m for m in reversed(others) if m.role in {"place", "means"}), None)
                continue
        if act.nominal and not objects:
            objects = [m for m in others if m.role in {"bare", "owner"} and m.kind == "thing"]
        if not objects:
            objects = [m for m in others if m.role in {"topic", "owner", "bare"} and m.kind == "thing"]
            topics = [m for m in objects if m.role == "topic" and m.concept is not None]
            objects = topics if topics and not act.nominal else objects
        act.object = objects[-1] if objects else None
        if act.object is not None and (between := _between(parse.text, act)):
            act.object, act.unread = None, between
        if act.object is None and position:
            act.object, act.also = parse.acts[position - 1].object, parse.acts[position - 1].also
        elif act.object is not None and act.object.role == "object":
            earlier = parse.acts[position - 1].start if position else -1
            act.also = [m for m in objects[:-1] if m.start > earlier and _side_by_side(parse.text, m, act.object)]
        places = [m for m in others if m.role in {"place", "owner"} and m is not act.object]
        act.target = places[-1] if places else None
    for act, following in pairwise(parse.acts):
        if _leads_to(parse.text, act, following):  # 적어 제출한다 is one deed
            act.mood = "modifier"
    for act, following in pairwise(parse.acts):
        _ask_for(parse.text, act, following)
        _enter(parse, act, following)
    for act in parse.acts:
        _ask_to_see(parse.text, act)
        _grant(parse, act)
