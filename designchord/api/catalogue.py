"""What there is besides designs: models, examples, and a check that stores nothing."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from designchord import wiring
from designchord.api import answers, bodies
from designchord.api.answers import answer
from designchord.api.callers import verbs
from designchord.blueprint.idea import detect_language, read_idea
from designchord.blueprint.model import Brief
from designchord.blueprint.requirements import read_requirements
from designchord.errors import NotFound
from designchord.kinds import registry
from designchord.kinds.about import BLUEPRINT, EFFORTS, REPORT, About
from designchord.pipeline.change_verbs import check_source

router = Router()

#: For how long a client need not ask again for what this server can do.
KEPT_SECONDS = 300

_EXAMPLES = resources.files("designchord.api").joinpath("examples")


@router.get("/kinds", response=answers.Kinds, operation_id="listKinds", summary="List kinds")
def get_kinds(request: HttpRequest) -> HttpResponse:
    """What a design can hold, and how each of it is called and shown."""
    return _kept(answer({"items": [_kind(about) for about in registry.shown()]}))


@router.get("/limits", response=answers.Limits, operation_id="readLimits", summary="Read the limits")
def get_limits(request: HttpRequest) -> HttpResponse:
    """How long texts may be."""
    limits = settings.DESIGNCHORD.limits
    return _kept(
        answer(
            {
                "title": limits.title_chars,
                "content": limits.content_chars,
                "requirements": limits.requirements_chars,
                "feedback": bodies.FEEDBACK_CHARS,
                "source": limits.source_chars,
                "idea_file": limits.content_chars + limits.requirements_chars,
            }
        )
    )


def _kept(response: HttpResponse) -> HttpResponse:
    """Every page asks, and only an upgrade or other settings change the answer."""
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response


@router.get("/models", response=answers.Models, operation_id="listModels", summary="List models")
def get_models(request: HttpRequest) -> HttpResponse:
    """Providers, whether they are ready, and why not."""
    return answer(wiring.application().models.overview())


@router.get("/examples", response=answers.Examples, operation_id="listExamples", summary="List worked examples")
def get_examples(request: HttpRequest) -> HttpResponse:
    """Ideas to begin with."""
    return answer({"items": _examples()})


@router.get(
    "/examples/{name}",
    response={200: answers.ExampleWithBlueprint, 404: answers.Failed},
    operation_id="readExample",
    summary="Read a worked example",
)
def get_example(request: HttpRequest, name: str) -> HttpResponse:
    """One of them with the blueprint of its finished design."""
    found = next((example for example in _examples() if example["id"] == name), None)
    if found is None:
        raise NotFound("There is no such example.")
    return answer({**found, "blueprint": _EXAMPLES.joinpath(f"{name}.blueprint.json").read_text(encoding="utf-8")})


@router.post(
    "/ideas", response={200: answers.Idea, 422: answers.Failed}, operation_id="readIdea", summary="Take a text apart"
)
def post_idea(request: HttpRequest, body: bodies.Text) -> HttpResponse:
    """Title, content and requirements of any text, and each requirement with the number that it would get; nothing is
    stored."""
    idea = read_idea(body.text)
    language = detect_language(body.text)
    found = read_requirements(Brief(idea.title, idea.content, idea.requirements, language))
    recognised = [entry.model_dump(include={"id", "text", "kind", "priority"}) for entry in found]
    return answer({**idea._asdict(), "language": language, "recognised": recognised})


@router.post(
    "/check", response={200: answers.Problems, 422: answers.Failed}, operation_id="checkSource", summary="Check a text"
)
def post_check(request: HttpRequest, body: bodies.Check) -> HttpResponse:
    """The check that artifacts of this kind pass; nothing is stored."""
    return answer({"problems": [problem.to_dict() for problem in check_source(body.kind, body.source)]})


@router.post(
    "/estimate",
    response={200: answers.Estimate, 422: answers.Failed},
    operation_id="estimateDesign",
    summary="Estimate a design",
)
def post_estimate(request: HttpRequest, body: bodies.NewDesign) -> HttpResponse:
    """What a design would probably take, with each effort and with the one chosen, and the language that it would be
    in; ``cost_usd`` and ``seconds`` are null where nothing is known of the model."""
    brief = body.brief()
    name, effort, found = verbs().estimate(
        brief=brief, kinds=tuple(body.kinds or ()), model=body.model or "", effort=body.effort or ""
    )
    efforts = [{"effort": one, **asdict(estimate)} for one, estimate in found.items()]
    chosen = {"effort": effort, **asdict(found[effort])}
    return answer({"model": name, "language": brief.language, **chosen, "efforts": efforts})


def _kind(about: About) -> dict[str, Any]:
    return {
        "name": about.name,
        "labels": dict(about.labels),
        "notation": about.notation,
        "file": about.file,
        "keyword": about.keyword,
        "drawn": about.drawn,
        "selectable": about not in (BLUEPRINT, REPORT),
        "covers": about.covers,
        "elaborated": [effort for effort in EFFORTS if effort in about.elaborated],
    }


@cache
def _examples() -> list[dict[str, Any]]:
    """Idea files named ``<language>-<name>.md``, in the order of their names."""
    files = sorted((file for file in _EXAMPLES.iterdir() if file.name.endswith(".md")), key=lambda file: file.name)
    return [_example(file.name, file.read_text(encoding="utf-8")) for file in files]


def _example(name: str, text: str) -> dict[str, Any]:
    title, content, requirements = read_idea(text)
    return {
        "id": name.removesuffix(".md"),
        "language": name.partition("-")[0],
        "title": title,
        "content": content,
        "requirements": requirements,
    }
