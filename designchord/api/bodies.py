"""What clients send. Unknown fields are refused, so that a typing error is never silently ignored."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from designchord.blueprint.idea import detect_language
from designchord.blueprint.model import Brief
from designchord.settings import Limits

_LIMITS = Limits()

#: A wish for an artifact, in characters.
FEEDBACK_CHARS = 10_000

Source = Annotated[str, Field(max_length=_LIMITS.source_chars)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewDesign(_Body):
    """An idea. Without ``language`` the text's own is taken; without ``kinds`` all are made; with the JSON text of a
    ``blueprint`` of one's own only the parts are made. ``assume`` says what the offline drafter may add to the text,
    ``effort`` how much of the design a model writes."""

    title: Annotated[str, Field(max_length=_LIMITS.title_chars)]
    content: Annotated[str, Field(max_length=_LIMITS.content_chars)]
    requirements: Annotated[str, Field(max_length=_LIMITS.requirements_chars)] = ""
    language: Annotated[str, Field(max_length=16)] | None = None
    kinds: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=20)] | None = None
    model: Annotated[str, Field(max_length=120)] | None = None
    blueprint: Source | None = None
    assume: Literal["none", "usual"] | None = None
    effort: Literal["quick", "standard", "thorough"] | None = None

    def brief(self) -> Brief:
        text = f"{self.title}\n{self.content}\n{self.requirements}"
        return Brief(self.title, self.content, self.requirements, self.language or detect_language(text))


class File(_Body):
    """``name`` with its folders; its end says what it is."""

    name: Annotated[str, Field(min_length=1, max_length=300)]
    text: str


class Import(_Body):
    """The files of a system that is there. With an idea (``content``) its requirements become the design's; without,
    some are proposed. ``only`` names groups, entities or tables; ``dialect`` that of the scripts."""

    files: Annotated[list[File], Field(min_length=1, max_length=500)]
    title: Annotated[str, Field(max_length=_LIMITS.title_chars)] = ""
    content: Annotated[str, Field(max_length=_LIMITS.content_chars)] = ""
    requirements: Annotated[str, Field(max_length=_LIMITS.requirements_chars)] = ""
    language: Annotated[str, Field(max_length=16)] = ""
    only: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=200)] = []
    dialect: Annotated[str, Field(max_length=20)] = ""
    model: Annotated[str, Field(max_length=120)] | None = None
    effort: Literal["quick", "standard", "thorough"] | None = None

    def author(self) -> Brief | None:
        """The idea that came along."""
        if not (self.content.strip() or self.requirements.strip()):
            return None
        text = f"{self.title}\n{self.content}\n{self.requirements}"
        return Brief(self.title, self.content, self.requirements, self.language or detect_language(text))


class Connect(_Body):
    """A provider by name. Without a ``model`` its default is taken, without a ``url`` its own address, without a
    ``key`` the one that is connected already. ``remember`` keeps it in the home folder."""

    provider: Annotated[str, Field(max_length=20)]
    model: Annotated[str, Field(max_length=100)] = ""
    url: Annotated[str, Field(max_length=300)] = ""
    key: Annotated[SecretStr, Field(max_length=1000)] | None = None
    remember: bool = False


class Text(_Body):
    """Whatever a person has: a sentence, notes, a whole file."""

    text: Annotated[str, Field(max_length=_LIMITS.content_chars + _LIMITS.requirements_chars)]


class Rename(_Body):
    title: Annotated[str, Field(max_length=_LIMITS.title_chars)]


class Retry(_Body):
    """One kind, or one part of it; empty for everything that failed."""

    kind: Annotated[str, Field(max_length=20)] | None = None
    part: Annotated[str, Field(max_length=64)] | None = None


class Regenerate(_Body):
    """What should become different, in words."""

    feedback: Annotated[str, Field(max_length=FEEDBACK_CHARS)] | None = None


class Edit(_Body):
    """An edit made on revision number ``base``."""

    source: Source
    base: Annotated[int, Field(ge=1, le=2**31)]


class Restore(_Body):
    number: Annotated[int, Field(ge=1, le=2**31)]


class Refresh(_Body):
    """``with_edited``: also what was edited by hand."""

    with_edited: bool = False


class Settlement(_Body):
    """``confirm``: it is so; ``strike``: take it out of the blueprint."""

    verdict: Literal["confirm", "strike"]


class Settlements(_Body):
    """Assumptions by their ids: those that are so, and those to take out, with what cannot be without them."""

    confirm: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=1000)] = []
    strike: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=1000)] = []


class Answered(_Body):
    """What a model asked back, and what its asker says to that."""

    question: Annotated[str, Field(min_length=1, max_length=500)]
    answer: Annotated[str, Field(min_length=1, max_length=2000)]


class Change(_Body):
    """A change of the blueprint in ``words``, as ``operations``, as the ``source`` of another blueprint or as the
    number of an earlier ``revision``. Without ``apply`` it is only shown. ``answered`` goes with the words that a
    question came back to, ``request`` with the operations of a request that a model has read.

    ``exact``: nothing follows from the operations that is not among them; ``only`` leaves out all but these of what is
    shown, by their places. ``why`` is kept with the change; the words where it is empty."""

    words: Annotated[str, Field(max_length=FEEDBACK_CHARS)] | None = None
    answered: Answered | None = None
    operations: Annotated[list[dict[str, Any]], Field(max_length=5000)] | None = None
    source: Source | None = None
    revision: Annotated[int, Field(ge=1, le=2**31)] | None = None
    request: Annotated[str, Field(max_length=60)] | None = None
    apply: bool = False
    exact: bool = False
    only: Annotated[list[Annotated[int, Field(ge=0, le=100_000)]], Field(max_length=100_000)] | None = None
    why: Annotated[str, Field(max_length=2000)] = ""


class Undo(_Body):
    """Which change; else the newest."""

    number: Annotated[int, Field(ge=1, le=2**31)] | None = None


_Name = Annotated[str, Field(max_length=300)]
_Words = Annotated[str, Field(max_length=600)]
_Count = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Spot(_Body):
    """Where something stands: a file with a line, or a name such as ``loans.due_on`` in a database."""

    file: _Name
    line: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    item: _Name = ""


class Difference(_Body):
    """A finding as ``designchord verify --format json`` writes it."""

    code: Annotated[str, Field(pattern=r"^verify\.[a-z_]{1,40}$")]
    severity: Literal["error", "warning", "info"]
    thing: _Name
    message: _Words
    facts: Annotated[str, Field(max_length=64)] = ""
    change_the_code: _Words = ""
    change_the_design: _Words = ""
    design: Spot | None = None
    built: Spot | None = None
    follows: Annotated[list[_Name], Field(max_length=100)] = []
    note: _Words = ""


class BuiltThing(_Body):
    """A thing of the blueprint, and how it stands in what was built; ``unchecked`` was not looked for."""

    what: Literal["entity", "operation"]
    id: Annotated[str, Field(max_length=100)]
    standing: Literal["exists", "differs", "missing", "unchecked"]


class Verification(_Body):
    """What was found when something built was held against the design. ``blueprint`` is the fingerprint of the one that
    it was held against, ``revision`` the version of what was built (a commit), ``compared`` how much was looked at."""

    blueprint: Annotated[str, Field(max_length=64)] = ""
    revision: Annotated[str, Field(max_length=100)] = ""
    compared: Annotated[dict[Annotated[str, Field(max_length=40)], _Count], Field(max_length=10)]
    findings: Annotated[list[Difference], Field(max_length=1000)]
    accepted: Annotated[list[Difference], Field(max_length=1000)] = []
    things: Annotated[list[BuiltThing], Field(max_length=2000)]
    not_read: _Count = 0
    left_out: _Count = 0


class Tried(_Body):
    """A request to a mock of the design: ``target`` is a path with its query, ``token`` what stands behind ``Bearer``,
    ``answer`` a refusal to ask for."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    target: Annotated[str, Field(pattern=r"^/", max_length=2000)]
    token: Annotated[str, Field(max_length=200)] = ""
    body: Annotated[str, Field(max_length=80_000)] = ""
    answer: Annotated[int, Field(ge=400, le=599)] | None = None


class Trial(_Body):
    """A request, and those before it that changed something, in their order."""

    before: Annotated[list[Tried], Field(max_length=2000)] = []
    request: Tried


class Check(_Body):
    kind: Annotated[str, Field(max_length=20)]
    source: Source
