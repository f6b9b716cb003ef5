"""The offline drafter: from text alone to a blueprint, by rules, deterministic and without a network.

Structure first (headings, items, tables, schemas and routes that the text brings along), then language (Korean and
English), then a catalogue of what software is made of. What the text gives no ground for is marked ``assumed`` and
listed; ``explain`` says which words led to what.
"""

from __future__ import annotations

import re

from designchord.blueprint.idea import joined_rows
from designchord.blueprint.model import Actor, Assumption, Blueprint, Brief, Entity, Relation
from designchord.blueprint.requirements import placed_requirements
from designchord.blueprint.stated import Stated
from designchord.drafter.attributes import describe
from designchord.drafter.entities import find_things
from designchord.drafter.operations import operate
from designchord.drafter.phrases import Phrases
from designchord.drafter.records import end_records
from designchord.drafter.relations import relate
from designchord.drafter.scenarios import tell
from designchord.drafter.sketch import Assume, Evidence, Sketch, Thing
from designchord.drafter.statements import READ, Reader
from designchord.drafter.structure.given import find_given
from designchord.drafter.structure.models import find_models
from designchord.drafter.translating import english_of
from designchord.ideas.language import detect_language, language_name
from designchord.ideas.page import Page, clean, plain, read, sentences
from designchord.language.deeds import undone
from designchord.notation.problems import Problem

__all__ = ["Assume", "Evidence", "cautions", "draft", "explain", "names_in", "stated_in"]

# So many ids are written out in one question.
_SHOWN = 60

# Characters of a summary: sentences are taken while they fit; the first in any case, unless it is far too long.
_SUMMARY = 300
_LONGEST = 1000

_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")


def draft(brief: Brief, *, assume: Assume = "usual") -> Blueprint:
    """The blueprint that the text gives ground for.

    ``assume="none"`` leaves out everything that is not in the text, as far as a valid blueprint allows.
    """
    return _compile(_sketch(brief, assume))


def cautions(brief: Brief, blueprint: Blueprint) -> tuple[Problem, ...]:
    """What a reader of the draft has to know first: that its language is not one that the rules read, or that the text
    names nothing and the draft is a placeholder with questions."""
    language = detect_language(f"{brief.title}\n{brief.content}\n{brief.requirements}")
    if language in READ:
        return _placeholder(blueprint) if all(one.assumed for one in blueprint.entities) else ()
    name = language_name(language)
    return (
        Problem(
            code="blueprint.language_unread",
            severity="warning",
            message=f"The text is in {name}, which the rules do not read: the requirements are the author's, "
            "and of the rest only what stands in lists, tables and routes.",
            hint="Choose a model: it reads the text itself.",
        ),
    )


def _placeholder(blueprint: Blueprint) -> tuple[Problem, ...]:
    names = ", ".join(one.name for one in blueprint.entities)
    asked = " ".join(blueprint.questions[:2])
    return (
        Problem(
            code="blueprint.placeholder",
            severity="warning",
            message=f"The text names nothing that is kept: this is no design yet, {names} only holds its place.",
            hint=f"Answer these first, in the text: {asked}",
        ),
    )


def explain(brief: Brief, *, assume: Assume = "usual") -> tuple[Evidence, ...]:
    """Which words of the text led to each actor, entity, attribute, relation and operation, in the order found."""
    return tuple(_sketch(brief, assume).evidence)


def names_in(brief: Brief) -> tuple[str, ...]:
    """Names of the actors and entities that the text's words speak of, whatever word for them it uses."""
    sketch, _ = _begun(brief, "none")
    find_things(sketch)
    said = (one for one in sketch.evidence if one.words)
    return tuple(dict.fromkeys(one.about.split(":")[1] for one in said if one.about.startswith(("actor:", "entity:"))))


def stated_in(brief: Brief) -> Stated:
    """The data models and routes that the text states outright."""
    page = read("\n".join(row.text for row in joined_rows(brief)))
    given = find_given(page)
    tables = [*given.tables, *(table for table in find_models(page, english_of) if table.columns)]
    records = {one.name: tuple(column.name for column in one.columns) for one in reversed(tables)}
    return Stated(
        tuple(reversed(records.items())), tuple(dict.fromkeys((one.method, one.path) for one in given.routes))
    )


def _begun(brief: Brief, assume: Assume) -> tuple[Sketch, Page]:
    """The text read, and nothing made of it yet."""
    text = "\n".join(row.text for row in joined_rows(brief))
    page = read(text)
    given = find_given(page)
    known = {table.name for table in given.tables}
    given.tables += [table for table in find_models(page, english_of) if table.name not in known]
    terms = {term.replace(" ", ""): name for term, name, _ in given.glossary}
    placed = placed_requirements(brief)
    sketch = Sketch(brief, Phrases(brief.language), Reader(page, terms).read(placed), assume, given)
    sketch.requirements = [requirement for _, requirement in placed]
    return sketch, page


def _sketch(brief: Brief, assume: Assume) -> Sketch:
    sketch, page = _begun(brief, assume)
    find_things(sketch)
    _at_least_one(sketch)
    relate(sketch)
    end_records(sketch)
    describe(sketch)
    operate(sketch)
    tell(sketch)
    _ask(sketch, "\n".join(row.text for row in joined_rows(brief)), truncated=page.truncated)
    return sketch


def _at_least_one(sketch: Sketch) -> None:
    """A blueprint has an actor and an entity, even when the text names none; that is said."""
    say = sketch.phrases
    if not any(actor.kind == "person" for actor in sketch.actors.values()):
        sketch.actors = {"User": Actor(id="User", label=say("actor_user")), **sketch.actors}
        sketch.assuming(say("assume_actor"), "actor:User")
    if not any(name != sketch.account for name in sketch.things):
        sketch.things["Item"] = Thing("Item", say("thing_item"), assumed=True)
        sketch.assuming(say("assume_thing"), "entity:Item")


def _ask(sketch: Sketch, text: str, *, truncated: bool) -> None:
    say = sketch.phrases
    if len(re.sub(r"\W", "", text)) < 12:
        sketch.questions.append(say("question_empty"))
    language = detect_language(text)
    if language not in READ:
        sketch.assuming(say("assume_language", language=language_name(language)), "language")
        sketch.questions.append(say("question_language", language=language_name(language)))
    elif all(thing.assumed for thing in sketch.things.values()):
        sketch.questions.append(say("question_nothing"))
    if sketch.unknown:
        sketch.questions.append(say("question_unknown", words=", ".join(f"“{word}”" for word in sketch.unknown[:6])))
    if truncated:
        sketch.questions.append(say("question_truncated"))
    for thing in sketch.things.values():
        if thing.spelled:
            sketch.assuming(say("assume_spelled", label=thing.label, name=thing.name)[:200], f"name:{thing.name}")
        if len(sketch.things) > 1 and not any(thing.name in {link.parent, link.child} for link in sketch.links):
            sketch.questions.append(say("question_isolated", label=thing.label, name=thing.name))
    qualities = [s for s in sketch.statements if s.requirement is not None and s.requirement.kind == "quality"]
    if not any(re.search(r"\d", statement.text) for statement in qualities):
        sketch.questions.append(say("question_quality"))
    demands = [s for s in sketch.statements if s.requirement is not None and s.requirement.kind == "functional"]
    covered = {s.requirement.id for s in demands if s.requirement is not None and s.covered}
    asked = dict.fromkeys(s.requirement.id for s in demands if s.requirement is not None)
    open_ids = [requirement for requirement in asked if requirement not in covered]
    if open_ids:
        sketch.questions.append(say("question_uncovered", ids=_listed(open_ids)))
    _ask_for_the_rest(sketch)


def _listed(ids: list[str]) -> str:
    return ", ".join(ids[:_SHOWN]) + (f" … ({len(ids)})" if len(ids) > _SHOWN else "")


def _ask_for_the_rest(sketch: Sketch) -> None:
    """What a demand asks for besides what was found in it: who reserves and pays for a seat does two things."""
    operations = sketch.operations()
    whole: list[str] = []
    for requirement in sketch.requirements:
        doing = [one for one in operations if requirement.id in one.requirements]
        told = [one for one in sketch.scenarios if requirement.id in one.requirements]
        missing = undone(requirement.text, doing, told) if doing else ()
        if missing and any(len(words) >= len(requirement.text.rstrip(" .。")) for words in missing):
            whole.append(requirement.id)
        elif missing:
            sketch.questions.append(sketch.phrases("question_partly", id=requirement.id, words=", ".join(missing)))
    if whole:
        sketch.questions.append(sketch.phrases("question_kept", ids=_listed(whole)))


def _summary(sketch: Sketch) -> str:
    """How the idea begins, in its author's words, and that what follows was drafted by rules."""
    taken = ""
    for line in read(sketch.brief.content).lines:
        if taken and line.shape != "paragraph":
            break
        for sentence in sentences(plain(line.text)) if line.shape == "paragraph" and not line.quoted else ():
            if not taken or len(taken) + len(sentence) < _SUMMARY:
                taken = f"{taken} {sentence}".strip()
    made = sketch.phrases("summary", requirements=len(sketch.requirements), entities=len(sketch.things))
    return f"{taken[:_LONGEST]}\n\n{made}".strip()


def _compile(sketch: Sketch) -> Blueprint:
    brief = sketch.brief
    title = plain(clean(brief.title))[:200] or sketch.phrases("untitled")
    # Of a requirement of several sentences the first tells its kind.
    told = {s.requirement.id: s.requirement for s in reversed(sketch.statements) if s.requirement is not None}
    requirements = tuple(told.get(requirement.id, requirement) for requirement in sketch.requirements)
    return Blueprint(
        title=title,
        summary=_summary(sketch),
        language=brief.language if _LANGUAGE.match(brief.language) else "en",
        actors=tuple(sketch.actors.values())[:20],
        requirements=requirements,
        entities=tuple(
            Entity(
                name=thing.name,
                label=thing.label,
                attributes=tuple(thing.attributes.values()),
                requirements=tuple(thing.requirements),
                assumed=thing.assumed,
            )
            for thing in sketch.things.values()
        ),
        relations=tuple(
            Relation(
                source=link.parent,
                target=link.child,
                cardinality="one_to_one" if link.single else "one_to_many",
                label=link.label,
                required=link.required,
                assumed=link.assumed,
            )
            for link in sketch.links
        )[:200],
        operations=sketch.operations(),
        scenarios=tuple(sketch.scenarios),
        assumptions=tuple(
            Assumption(id=f"A{number}", text=text[:200], about=about)
            for number, (text, about) in enumerate(sketch.assumptions[:200], 1)
        ),
        questions=tuple(dict.fromkeys(sketch.questions))[:100],
    )
