"""What is kept of each thing: what the text names, then what is usual."""

from __future__ import annotations

import re
from itertools import pairwise

from designchord.blueprint.model import Attribute
from designchord.drafter.calls import is_line
from designchord.drafter.candidates import in_contents, in_list_of_attributes
from designchord.drafter.changes import changed_in
from designchord.drafter.sketch import Sketch, Thing
from designchord.drafter.statements import Statement
from designchord.language import naming
from designchord.language.cues import shows
from designchord.language.lexicon import AttributeWord, Feature, lexicon
from designchord.language.words import Act, Mention

#: Words between two attributes of one list.
_FEW = 4
_COUNTED = {"quantity", "amount", "unit_price", "price"}
_ACCOUNT = (Feature("email", "email", unique=True), Feature("password_hash", "string"))
_GENERAL = (Feature("name", "string"), Feature("created_at", "datetime"))


def describe(sketch: Sketch) -> None:
    """Give every thing its key, the attributes that the text names and, where allowed, the usual ones."""
    for thing in sketch.things.values():
        if "id" not in thing.attributes:
            key = Attribute(name="id", type="uuid", label="ID", key="primary")
            thing.attributes = {"id": key, **thing.attributes}
    before: Statement | None = None
    for statement in sketch.statements:
        if not statement.aside:
            _read(sketch, statement)
            _listed(sketch, statement, before)
            for thing, field in changed_in(sketch, statement) if statement.speaks else ():
                if field.attribute is not None:
                    _keep(sketch, statement, thing, field.attribute, field.label)
        before = statement
    for thing in sketch.things.values():
        if not thing.given and not thing.junction:
            _states(sketch, thing)
        if sketch.assume == "usual" and not thing.given and not thing.junction:
            _usual(sketch, thing)
        _tidy(thing)


def _read(sketch: Sketch, statement: Statement) -> None:
    """The attributes that one statement names, where it says whose they are or lists several."""
    listed = _lists(statement) or (statement.parent is not None and statement.requirement is None)
    for mention in statement.parse.mentions:
        if mention.guessed and in_list_of_attributes(statement, mention) and not statement.heading:
            _unknown(sketch, statement, mention)
            continue
        if mention.is_entity:
            _contained(sketch, statement, mention)
            _replaced(sketch, statement, mention)
            continue
        if mention.attribute is None or statement.heading:
            continue
        record = in_contents(statement, mention)
        thing = sketch.thing(record.name) if record is not None and mention.owner is None else None
        thing = thing or _holder(sketch, statement, mention, listed=listed or bool(mention.values))
        if thing is not None:
            _keep(sketch, statement, thing, mention.attribute, mention.label, mention.values)


def _listed(sketch: Sketch, statement: Statement, before: Statement | None) -> None:
    """The fields of a list belong to what the sentence, or the one before it on the line, spoke of last."""
    if not statement.parse.fields:
        return
    near = [before] if before is not None and before.line is statement.line else []
    spoken = [m for s in (*near, statement) for m in s.parse.entities if m.kind == "thing"]
    thing = next((found for m in reversed(spoken) if (found := sketch.thing(m.name)) is not None), None)
    words = lexicon()
    for field in statement.parse.fields if thing is not None and not thing.given else ():
        word = words.attributes_en.get(field.lower()) or words.attributes_ko.get(field.replace(" ", ""))
        name = word.name if word is not None else naming.snake(field) if field.isascii() else ""
        if not name or thing is None or name in thing.attributes:
            continue
        kind = word.type if word is not None else "date" if name.endswith("date") else "string"
        thing.attributes[name] = Attribute(name=name, type=kind, label=_label(sketch, name, field), required=False)
        sketch.because(f"attribute:{thing.name}.{name}", statement, field)


def _lists(statement: Statement) -> bool:
    """Whether the sentence enumerates attributes: two of them with a comma or an ``and`` between."""
    named = [m for m in statement.parse.mentions if m.kind == "attribute"]
    gaps = (statement.text[one.start + len(one.label) : other.start] for one, other in pairwise(named))
    joined = (gap for gap in gaps if len(gap) <= 30 and len(gap.split()) <= _FEW)
    return any(re.search(r"[,/·]|[와과]\s|및|\band\b|\bor\b", gap) for gap in joined)


def _keep(
    sketch: Sketch, statement: Statement, thing: Thing, word: AttributeWord, label: str, listed: tuple[str, ...] = ()
) -> None:
    """``listed`` are the values that the text gives; where one has no known English, they stand in the label."""
    if word.name in _COUNTED and not any(f.name == word.name for f in (thing.concept.has if thing.concept else ())):
        thing = _line_of(sketch, thing) or thing
    if (
        thing.given
        or thing.junction
        or _is_toggle(thing)
        or (word.name in thing.attributes and not listed)
        or f"{word.name}_id" in thing.attributes
    ):
        return
    usual = next((f for f in (thing.concept.has if thing.concept else ()) if f.name == word.name), None)
    values, kind = (usual.values, usual.type) if usual is not None else ((), word.type)
    said = _label(sketch, word.name, label)
    if listed:
        found = tuple(dict.fromkeys(naming.snake(known_state(one)) for one in listed))
        values, kind = (found, "enum") if all(found) else ((), "string")
        said = said if values else f"{said} ({', '.join(listed)})"
    thing.attributes[word.name] = Attribute(
        name=word.name,
        type=kind,
        label=said[:200],
        required=usual.required if usual is not None else word.name in {"name", "title"},
        unique=usual.unique if usual is not None else False,
        values=values,
    )
    sketch.because(f"attribute:{thing.name}.{word.name}", statement, label)


def _unknown(sketch: Sketch, statement: Statement, mention: Mention) -> None:
    """An attribute that no list of words knows, recognised by the company that it keeps."""
    name = naming.snake(mention.name)
    if sketch.thing(mention.name) is not None:
        return
    thing = _holder(sketch, statement, mention, listed=True)
    if thing is not None and name and (mention.label.isascii() or mention.known_word):
        _keep(sketch, statement, thing, AttributeWord(name, "string"), mention.label)


def _contained(sketch: Sketch, statement: Statement, mention: Mention) -> None:
    """What a record is made with, where it is nothing that is kept by itself."""
    record = in_contents(statement, mention)
    thing = sketch.thing(record.name) if record is not None else None
    concept = mention.concept
    known = concept is not None and (not concept.weak or bool(concept.instead))
    if thing is not None and not known and sketch.thing(mention.name) is None and mention.label.isascii():
        name = naming.snake(mention.label)
        _keep(sketch, statement, thing, AttributeWord(name, "string"), mention.label)


def _replaced(sketch: Sketch, statement: Statement, mention: Mention) -> None:
    """A word that is no record here may still be an attribute: the image of a product."""
    concept = mention.concept
    if concept is None or not concept.instead or sketch.thing(mention.name) is not None or statement.heading:
        return
    word = lexicon().attributes.get(concept.instead)
    others = [m for m in statement.parse.entities if m is not mention and m.kind == "thing" and m.start < mention.start]
    kept = [m for m in others if sketch.thing(m.name) is not None]
    whose = _described(statement, kept) if kept and statement.parse.language != "ko" else others[-1] if others else None
    thing = sketch.thing(whose.name) if whose is not None else None
    if thing is not None and word is not None:
        _keep(sketch, statement, thing, word, mention.label)


def _holder(sketch: Sketch, statement: Statement, mention: Mention, *, listed: bool) -> Thing | None:
    """Whose attribute it is: its owner in the phrase; in a list, what the sentence or the line above is about."""
    if mention.owner is not None:
        return sketch.thing(mention.owner.name)
    signing = any(act.verb.act == "signup" for act in statement.parse.acts)
    if signing and sketch.account:
        return sketch.things.get(sketch.account)
    if not listed:
        return None
    about = statement.parse.entities
    making = [act.object for act in statement.parse.acts if act.verb.act == "create" and _makes_it(act) and act.object]
    kept = [m for m in making if m.kind == "thing" and m.start < mention.start and sketch.thing(m.name) is not None]
    if kept:
        return sketch.thing(kept[0].name)
    if statement.parent is not None and not about:
        about = statement.parent.parse.entities[-1:]
    else:
        near = [m for m in about if m.start < mention.start and m.role in {"topic", "object", "owner"}]
        kept_near = [m for m in near if m.kind == "thing" and sketch.thing(m.name) is not None]
        near = kept_near or ([] if mention.values else near)
        made = [act.object for act in statement.parse.acts if act.verb.act == "create" and act.object is not None]
        has = [m for m in about if m.role == "place" and m.start < mention.start]  # 장비에는 이름과 상태가 있다
        about = near or [m for m in made if m is not None] or (has if statement.parse.language == "ko" else [])
    doers = [act.subject for act in statement.parse.acts if act.mood == "main" and act.verb.act != "quiet"]
    things = [m for m in about if m.kind == "thing" and sketch.thing(m.name) is not None and m not in doers]
    if not things:
        return None
    if statement.parse.language != "ko":
        return sketch.thing(_described(statement, things).name)
    said = next((m for m in things if m.role == "topic"), None)
    titled = None if said is not None else _of_section(sketch, statement)
    return titled or sketch.thing((said or things[0]).name)


def _described(statement: Statement, things: list[Mention]) -> Mention:
    """What an English sentence describes: what is done something to, else what it is about; not whose that is."""
    done = [m for act in statement.parse.acts if act.mood in {"main", "trigger"} for m in act.objects if m in things]
    about = [m for m in things if m.role == "topic"]
    return (done or about or things)[-1]


def _makes_it(act: Act) -> bool:
    """Whether an act makes the record that is described, rather than fills in a field of it."""
    return not act.soft or act.mood == "trigger"


def _of_section(sketch: Sketch, statement: Statement) -> Thing | None:
    """The thing that the nearest heading names: ``상품 상세 조회`` is about products."""
    for depth in range(len(statement.line.section), 0, -1):
        section = statement.line.section[:depth]
        for other in sketch.statements:
            if other.heading and (*other.line.section, other.text) == section:
                things = [sketch.thing(m.name) for m in other.parse.entities if m.kind == "thing"]
                found = [thing for thing in things if thing is not None and not _is_toggle(thing)]
                if found:
                    return found[0]
    return None


def _is_toggle(thing: Thing) -> bool:
    return thing.concept is not None and thing.concept.toggle


def _line_of(sketch: Sketch, thing: Thing) -> Thing | None:
    """The lines in which a thing is counted: quantities belong to order lines, not to products."""
    children = [sketch.things[link.child] for link in sketch.links if link.parent == thing.name]
    return next((child for child in children if is_line(child)), None)


def _states(sketch: Sketch, thing: Thing) -> None:
    """The states that the text names in brackets, and those that its acts lead to, make ``status`` an enum."""
    known = thing.attributes.get("status")
    listed = known.values if known is not None and not known.assumed else ()
    reached = _reached(sketch, thing)
    if known is not None and (listed or "(" in known.label):
        for state in listed[1:]:
            if reached and state not in reached:
                sketch.questions.append(
                    sketch.phrases("question_state", label=thing.label, name=thing.name, state=state)
                )
        return
    usual = next((f.values for f in (thing.concept.has if thing.concept else ()) if f.name == "status"), ())
    done = thing.concept is not None and any(f.name == "is_done" for f in thing.concept.has)
    single = thing.concept is not None and (thing.concept.single or thing.concept.person)
    if reached and not done and not single and not _is_toggle(thing):
        values = tuple(dict.fromkeys([*(usual or ("open",)), *reached]))
        label = _label(sketch, "status", "")
        thing.attributes["status"] = Attribute(name="status", type="enum", label=label, values=values)


def _reached(sketch: Sketch, thing: Thing) -> list[str]:
    states: dict[str, None] = {}
    for statement in thing.statements:
        for act in statement.parse.acts:
            if (
                act.verb.state
                and act.mood in {"main", "trigger"}
                and act.object is not None
                and statement.requirement is not None
            ):
                toggled = any(m.concept is not None and m.concept.toggle for m in statement.parse.entities)
                if sketch.thing(act.object.name) is thing and not toggled:
                    states[act.verb.state.replace("-", "_")] = None
    return list(states)


def known_state(word: str) -> str:
    """A state or another value by its English name, empty where none is known."""
    word = word.strip(" '\"")
    key = word.replace(" ", "")
    words = lexicon()
    return words.states_ko.get(key) or words.nouns_ko.get(key) or (word if word.isascii() else "")


def _usual(sketch: Sketch, thing: Thing) -> None:
    features = thing.concept.has if thing.concept is not None and thing.concept.has else _GENERAL
    if thing.name == sketch.account and not any(shows("no_accounts", s.text) for s in sketch.statements):
        features = (*_ACCOUNT, *(feature for feature in features if feature.name not in {"email", "password_hash"}))
    if _stands_apart(sketch, thing):
        features = tuple(one for one in features if one.type != "enum" and one.required and not one.unique)
    own = [name for name, attribute in thing.attributes.items() if attribute.key == "none"]
    if features is _GENERAL and len(own) >= 3:
        return
    added = []
    for feature in features:
        if feature.name in thing.attributes or _same(feature.name, thing):
            continue
        if "date" in thing.attributes and re.fullmatch(r"\w+ed_(?:at|on)", feature.name):
            continue
        thing.attributes[feature.name] = Attribute(
            name=feature.name,
            type=feature.type,
            label=_label(sketch, feature.name, ""),
            required=feature.required,
            unique=feature.unique,
            values=feature.values,
            assumed=True,
        )
        added.append(feature.name)
    if added:
        names = ", ".join(added)
        text = sketch.phrases("assume_attributes", label=thing.label, name=thing.name, names=names)
        sketch.assuming(text, ", ".join(f"attribute:{thing.name}.{name}" for name in added))


def _stands_apart(sketch: Sketch, thing: Thing) -> bool:
    """Whether nothing is there of what such records usually go with: a batch that is delivered is no parcel of a shop.

    Then it has little of what they usually have.
    """
    concept = thing.concept
    if concept is None or not (concept.weak or concept.brings) or concept.person:
        return False
    near = {name for name, _ in concept.of} | {need for _, needs in concept.brings for need in needs}
    return bool(near) and all(sketch.thing(name) is None for name in near - {"account"})


_ALIKE = ({"title", "name"}, {"content", "description", "message"}, {"due_on", "due_at"},
          {"memo", "note", "notes"}, {"status", "is_done"},
          {"starts_at", "starts_on"}, {"ends_at", "ends_on"}, {"amount", "price", "total_amount"})  # fmt: skip


def _same(name: str, thing: Thing) -> bool:
    """Whether the text already names the like of it under another word."""
    return any(
        name in group and any(a in group and not thing.attributes[a].assumed for a in thing.attributes)
        for group in _ALIKE
    )


def _label(sketch: Sketch, name: str, label: str) -> str:
    if sketch.phrases.language == "ko":
        return lexicon().labels_ko.get(name) or (label if label and not label.isascii() else name)
    return name.replace("_", " ")


def _tidy(thing: Thing) -> None:
    """Key first, then foreign keys, then the rest; enums without values are strings."""
    order = {"primary": 0, "primary_foreign": 1, "foreign": 1, "none": 2}
    ordered = sorted(thing.attributes.values(), key=lambda a: order[a.key])
    thing.attributes = {
        a.name: a if a.type != "enum" or a.values else a.model_copy(update={"type": "string"}) for a in ordered
    }
