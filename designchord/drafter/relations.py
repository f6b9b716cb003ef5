"""What belongs to what: from possession and containment in the text, then from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from designchord.blueprint.model import Attribute
from designchord.drafter.calls import is_line
from designchord.drafter.candidates import fits
from designchord.drafter.records import assigned, belonging, made_about
from designchord.drafter.sketch import Link, Sketch, Thing
from designchord.drafter.statements import Statement
from designchord.language import naming
from designchord.language.cues import shows
from designchord.language.lexicon import lexicon
from designchord.language.words import Act

MAX_THINGS = 56
MAX_LINKS = 180


def relate(sketch: Sketch) -> None:
    """Fill ``sketch.links``; brings what a thing cannot do without; resolves many-to-many into junctions."""
    _given(sketch)
    if sketch.assume == "usual":
        _bring(sketch)
    _said(sketch)
    _assigned(sketch)
    _charged(sketch)
    for parent, child, statement in belonging(sketch):
        connect(sketch, parent, child)
        sketch.because(f"relation:{parent}-{child}", statement, "text")
    _catalogue(sketch)
    _text(sketch)
    for parent, child, statement in made_about(sketch):
        connect(sketch, parent, child)
        sketch.because(f"relation:{parent}-{child}", statement, "text")
    _makers(sketch)
    _accounts(sketch)
    _many(sketch)
    _columns(sketch)


def connect(
    sketch: Sketch,
    parent: str,
    child: str,
    *,
    column: str = "",
    label: str = "",
    required: bool = True,
    assumed: bool = False,
    single: bool = False,
) -> None:
    """Add a link unless the two are linked, or the new one would close a circle."""
    parent, child = sketch.aliases.get(parent, parent), sketch.aliases.get(child, child)
    if parent not in sketch.things or child not in sketch.things or parent == child or len(sketch.links) >= MAX_LINKS:
        return
    if sketch.linked(parent, child) is not None or parent in _descendants(sketch, child):
        return
    column = column or f"{naming.snake(parent)}_id"
    label = label or sketch.phrases("link_has")
    sketch.links.append(Link(parent, child, column, label, required, single, assumed))


def _descendants(sketch: Sketch, name: str) -> set[str]:
    found: set[str] = set()
    queue = [name]
    while queue:
        current = queue.pop()
        for link in sketch.links:
            if link.parent == current and link.child not in found:
                found.add(link.child)
                queue.append(link.child)
    return found


def _bring(sketch: Sketch) -> None:
    """Things that others cannot do without: an order has lines, a cart has items; a stated data model has its own."""
    for thing in list(sketch.things.values()) if not sketch.closed else ():
        if thing.concept is None or thing.given:
            continue
        for child, needs in thing.concept.brings:
            present = [
                n for n in needs if sketch.thing(n) is not None or (n == "account" and sketch.account in sketch.things)
            ]
            if not present or sketch.thing(child) is not None or len(sketch.things) >= MAX_THINGS:
                continue
            concept = lexicon().concepts[child]
            names = concept.ko if sketch.phrases.language == "ko" else concept.en
            label = names[0] if names else child
            if not sketch.place(Thing(child, label, concept, statements=list(thing.statements[:1]), assumed=True)):
                continue
            sketch.assuming(sketch.phrases("assume_entity", label=label, name=child), f"entity:{child}")
            sketch.because(f"entity:{child}", thing.statements[0] if thing.statements else None, thing.label)


def _together(sketch: Sketch, one: str, other: str) -> Statement | None:
    names = {one, other}
    for statement in sketch.statements:
        if statement.aside:
            continue
        seen = {sketch.aliases.get(m.name, m.name) for m in statement.parse.entities}
        seen |= {act.verb.makes for act in statement.parse.acts}
        if names <= seen:
            return statement
    return None


def _assigned(sketch: Sketch) -> None:
    """Who is assigned to work is named by the work; of many that go to many, each pair is a record."""
    for one, other, act, statement in assigned(sketch):
        if act.object is None or act.target is None:
            continue
        if one.person and act.object.plural and act.target.plural:
            join(sketch, other.name, one.name)
        elif one.person and not other.person:
            connect(sketch, one.name, other.name, required=False)
        else:
            connect(sketch, other.name, one.name, required=False)
        sketch.because(f"relation:{one.name}-{other.name}", statement, "text")


def _charged(sketch: Sketch) -> None:
    """A bill is whoever's it is made out to: ``세대별로 청구한다``, ``charges the tenant``."""
    for statement, act in _acts(sketch):
        made = lexicon().concepts.get(act.verb.makes)
        if made is None or not made.money or sketch.thing(made.name) is None:
            continue
        near = [m for m in statement.parse.entities if m.start < act.start and m.role in {"place", "means"}]
        owing = [m for m in (*act.objects, act.target, *near) if m is not None and m is not act.subject]
        owing = [m for m in owing if m.kind == "person" or (m.concept is not None and m.concept.owes)]
        whose = next((found for m in owing if (found := sketch.thing(m.name)) is not None), None)
        if whose is not None:
            connect(sketch, whose.name, made.name)
            sketch.because(f"relation:{whose.name}-{made.name}", statement, "text")


def _catalogue(sketch: Sketch) -> None:
    for thing in sketch.things.values():
        if thing.concept is None or thing.given:
            continue
        lonely = thing.concept.alone and not any(sketch.thing(parent) for parent, _ in thing.concept.of)
        pair = thing.concept.pair or (thing.concept.alone if lonely else ())
        for left in pair[:1]:
            owner = _owner(sketch)
            if owner:
                label = sketch.phrases("link_pair")
                other = _met(sketch, thing.name) - {owner, ""}
                for one in sorted(other)[:1]:
                    connect(sketch, one, thing.name, label=label)
                for role in (left, *(() if other else pair[1:])):
                    sketch.links.append(Link(owner, thing.name, f"{role}_id", label))
        first = not sketch.columns(thing.name)
        for parent, always in thing.concept.of:
            name = _told(sketch, thing) if parent == "account" else sketch.aliases.get(parent, parent)
            if not name or name not in sketch.things or (not always and not first):
                continue
            witness = _together(sketch, name, thing.name)
            if not always and witness is None and not is_line(thing) and not _only(sketch, thing, name):
                continue
            connect(
                sketch, name, thing.name, assumed=witness is None and not thing.assumed, single=thing.concept.single
            )
            sketch.because(f"relation:{name}-{thing.name}", witness, "catalogue")
            first = first and always


def _met(sketch: Sketch, made: str) -> set[str]:
    """What a verb that makes a pair is done to: readers follow authors, not each other."""
    objects = [one for _, act in _acts(sketch) if act.verb.makes == made for one in act.objects]
    return {thing.name for one in objects if (thing := sketch.thing(one.name)) is not None and thing.name != made}


def _told(sketch: Sketch, thing: Thing) -> str:
    """Whose a record is that goes to the account: of notifications, the one person that the text says is told."""
    if thing.concept is None or not thing.concept.told:
        return sketch.account
    people = {
        sketch.aliases.get(mention.name, mention.name)
        for statement in thing.statements
        for mention in statement.parse.entities
        if mention.kind == "person" and mention.role == "place"
    }
    known = [name for name in people if name in sketch.things]
    return known[0] if len(known) == 1 else sketch.account


def _only(sketch: Sketch, thing: Thing, name: str) -> bool:
    """Whether of the parents that exclude each other this one is alone, or leads to the rest: an item's auction."""
    parents = thing.concept.of if thing.concept is not None else ()
    present = [sketch.aliases.get(p, p) for p, always in parents if not always]
    there = [parent for parent in present if parent in sketch.things]
    nearest = there[:1] == [name] and all(sketch.linked(name, other) is not None for other in there[1:])
    return there == [name] or nearest


def _given(sketch: Sketch) -> None:
    """The foreign keys of tables and the lines of an ERD that the text brings along."""
    for table in sketch.given.tables:
        for column in table.columns:
            parent = column.references
            if not parent and column.foreign:
                stem = column.name.removesuffix("_id").removesuffix("_no")
                parent = next((name for name in sketch.things if naming.snake(name) == stem), "")
            if parent in sketch.things and table.name in sketch.things and len(sketch.links) < MAX_LINKS:
                label = sketch.phrases("link_has")
                link = Link(parent, table.name, column.name, label, column.required, column.unique)
                sketch.links.append(link)
                sketch.cite(f"relation:{parent}-{table.name}", column.name, table.line, "given")
    for tie in sketch.given.ties:
        if tie.source not in sketch.things or tie.target not in sketch.things or sketch.linked(tie.source, tie.target):
            continue
        if tie.source_many and tie.target_many:
            join(sketch, tie.source, tie.target)
        elif tie.source_many:
            connect(sketch, tie.target, tie.source, label=tie.label, required=not tie.optional)
        else:
            single = not tie.target_many
            connect(sketch, tie.source, tie.target, label=tie.label, required=not tie.optional, single=single)


def join(sketch: Sketch, left: str, right: str, *, assumed: bool = False) -> None:
    """Resolve many-to-many into a record of its own that holds both keys."""
    one, other = sketch.things[left], sketch.things[right]
    name = f"{one.name}{other.name}"[:40]
    both = {link.child for link in sketch.links if link.parent == left} & {
        link.child for link in sketch.links if link.parent == right
    }
    if both or name in sketch.things or len(sketch.things) >= MAX_THINGS or len(sketch.links) >= MAX_LINKS:
        return
    label = f"{one.label} {other.label}"
    if not sketch.place(Thing(name, label, assumed=assumed, junction=True)):
        return
    for parent in (left, right):
        column = f"{naming.snake(parent)}_id"
        sketch.links.append(Link(parent, name, column, sketch.phrases("link_has"), assumed=assumed))
    text = sketch.phrases("assume_junction", left=one.label, right=other.label, name=name)
    sketch.assuming(text, f"entity:{name}")


def _owner(sketch: Sketch) -> str:
    return sketch.account if sketch.account in sketch.things else ""


def _said(sketch: Sketch) -> None:
    """Parts that the text attaches to something: comments are left on what the sentence says."""
    for statement, act in _acts(sketch):
        made = lexicon().concepts.get(act.verb.makes)
        for mention in (act.object, act.target) if made is not None and act.object is not None else ():
            if mention is not None and made is not None and mention.name in {name for name, _ in made.of}:
                connect(sketch, mention.name, made.name)
                sketch.because(f"relation:{mention.name}-{made.name}", statement, "text")
        if act.target is None or act.target.kind != "thing" or act.verb.act not in {"create", "send"}:
            continue
        made = lexicon().concepts.get(act.verb.makes)
        if made is not None and act.object is None:
            _pair(sketch, act.target.name, made.name, statement)
        for mention in act.objects:
            if mention.concept is not None and (mention.concept.part or mention.concept.toggle):
                _pair(sketch, act.target.name, mention.name, statement)


def _acts(sketch: Sketch) -> Iterator[tuple[Statement, Act]]:
    for statement in sketch.statements:
        if not statement.aside:
            yield from ((statement, act) for act in statement.parse.acts if act.mood in {"main", "trigger"})


def _text(sketch: Sketch) -> None:
    """Containment and possession, for things that the catalogue gave no parent."""
    for statement, act in _acts(sketch):
        if act.object is None or act.object.kind != "thing":
            continue
        made = lexicon().concepts.get(act.verb.makes)
        if (
            made is not None
            and act.verb.makes in sketch.things
            and act.object.guessed
            and fits(made, act.object, act.word)
        ):
            _pair(sketch, act.object.name, made.name, statement)
        elif made is not None:
            _adopt(sketch, act.object.name, made.name, statement)
        elif act.verb.act in {"create", "send"} and act.target is not None and act.target.kind == "thing":
            _adopt(sketch, act.target.name, act.object.name, statement)
        elif act.verb.name in {"contain", "have", "include", "consist"} and act.object.plural:
            before = [m for m in statement.parse.entities if m.start < act.start and m.kind == "thing"]
            if before:
                _adopt(sketch, before[-1].name, act.object.name, statement)
        elif act.verb.name in {"stand", "belong"} and act.target is not None and act.subject is None:
            before = [m for m in statement.parse.entities if m.start < act.start and m.kind == "thing"]
            if before:
                _adopt(sketch, act.target.name, before[-1].name, statement)
    for statement in sketch.statements:
        if statement.aside:
            continue
        for mention, following in pairwise(statement.parse.entities):
            near = following.start - mention.start - len(mention.label) <= 3
            if mention.role == "owner" and near and mention.kind == following.kind == "thing":
                _adopt(sketch, mention.name, following.name, statement)


def _adopt(sketch: Sketch, parent: str, child: str, statement: Statement) -> None:
    thing = sketch.thing(child)
    if thing is None or any(link.parent != sketch.account for link in sketch.columns(thing.name)):
        return
    if thing.concept is not None and thing.concept.curated:
        return
    _pair(sketch, parent, child, statement)


def _pair(sketch: Sketch, parent: str, child: str, statement: Statement) -> None:
    one, other = sketch.thing(parent), sketch.thing(child)
    if one is None or other is None or one is other or sketch.account in {one.name, other.name}:
        return
    if one.concept is not None and other.concept is not None and other.concept.name in {n for n, _ in one.concept.of}:
        one, other = other, one
    if one.given or other.given or _through(sketch, one.name, other.name):
        return
    if sketch.linked(one.name, other.name) is None:
        connect(sketch, one.name, other.name, required=False)
        sketch.because(f"relation:{one.name}-{other.name}", statement, "text")


def _makers(sketch: Sketch) -> None:
    """What actors other than the account make is theirs, when they are records: institutions post activities."""
    for statement, act in _acts(sketch):
        topics = [m for m in statement.parse.entities if m.role == "topic" and m.start < act.start]
        maker = sketch.thing(topics[-1].name) if topics else None
        if maker is None or maker.name == sketch.account or maker.name not in sketch.actors or act.verb.act != "create":
            continue
        made = sketch.thing(act.verb.makes) if act.verb.makes else None
        if made is None and act.verb.makes and act.word not in lexicon().creating | lexicon().asking_en:
            continue  # who answers an alarm makes no alarm
        for thing in [made] if made is not None else [sketch.thing(mention.name) for mention in act.objects]:
            person = thing is not None and thing.concept is not None and thing.concept.person
            if thing is None or thing.given or person or statement.requirement is None:
                continue
            connect(sketch, maker.name, thing.name, label=sketch.phrases("link_makes"))
            sketch.because(f"relation:{maker.name}-{thing.name}", statement, act.word)


def _many(sketch: Sketch) -> None:
    """Many-to-many from the catalogue (a recipe's ingredients) or the text (items in multiple categories)."""
    for thing in list(sketch.things.values()):
        for name in thing.concept.many if thing.concept is not None and not thing.given else ():
            name = sketch.aliases.get(name, name)
            if name in sketch.things and sketch.linked(thing.name, name) is None:
                join(sketch, thing.name, name)
    for statement in sketch.statements:
        if statement.aside or statement.requirement is None or not shows("in_many", statement.text):
            continue
        names = [sketch.aliases.get(m.name, m.name) for m in statement.parse.entities if m.kind == "thing"]
        names = [name for name in dict.fromkeys(names) if name in sketch.things]
        if len(names) == 2 and not any(sketch.things[name].given for name in names):
            link = sketch.linked(names[0], names[1])
            if link is not None and {link.parent, link.child} == set(names):
                sketch.links.remove(link)
            join(sketch, names[0], names[1])


def _through(sketch: Sketch, one: str, other: str) -> bool:
    """Whether a third thing joins the two already: products are in orders through order lines."""
    children = {link.child for link in sketch.links if link.parent == one}
    return any(link.parent == other and link.child in children for link in sketch.links)


def _accounts(sketch: Sketch) -> None:
    """What a person makes belongs to that person's account."""
    owner = _owner(sketch)
    if not owner:
        return
    for thing in sketch.things.values():
        if thing.name == owner or thing.given or thing.junction or sketch.linked(owner, thing.name) is not None:
            continue
        mine = thing.concept is not None and thing.concept.own
        made = None
        for statement in thing.statements:
            for act in statement.parse.acts:
                subject = act.subject.name if act.subject is not None else ""
                hit = act.verb.act == "create" and (
                    act.verb.makes == thing.name
                    or (
                        not act.verb.makes
                        and act.object is not None
                        and sketch.aliases.get(act.object.name, act.object.name) == thing.name
                    )
                )
                if hit and sketch.aliases.get(subject, subject) == owner:
                    made = made or statement
        if mine or (made is not None and not (thing.concept is not None and thing.concept.person)):
            parents = [link for link in sketch.links if link.child == thing.name]
            others = any(
                link.parent in sketch.actors and link.label == sketch.phrases("link_makes") for link in parents
            )
            if (mine and (made is not None or not others)) or not parents:
                witness = made or _together(sketch, owner, thing.name)
                single = thing.concept is not None and thing.concept.single
                label = sketch.phrases("link_makes")
                connect(sketch, owner, thing.name, label=label, assumed=witness is None, single=single)
                sketch.because(f"relation:{owner}-{thing.name}", witness, "own")


def _columns(sketch: Sketch) -> None:
    """Foreign keys for the links that stand."""
    for link in sketch.links:
        thing = sketch.things[link.child]
        thing.attributes[link.column] = Attribute(
            name=link.column,
            type="uuid",
            label=sketch.label(link.parent)[:100],
            key="foreign",
            references=link.parent,
            required=link.required,
            unique=link.single,
            assumed=link.assumed,
        )
        if link.assumed:
            text = sketch.phrases("assume_relation", parent=sketch.label(link.parent), child=thing.label)
            sketch.assuming(text, f"relation:{link.parent}-{link.child}")
