"""What happens in a story, told from the calls that it consists of: asked, checked, refused, stored, answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from designchord.drafter.phrases import Phrases
from designchord.drafter.statements import READ

Fields = dict[str, Any]

_MOST_BRANCHES: Final = 4
#: What a path ends with that signs somebody in.
LOG_INS: Final = frozenset({"sessions", "login", "log-in", "signin", "sign-in", "tokens"})


class Telling:
    """Tells stories in one language; ``label_of`` gives the label of an entity by its name. In a language without fixed
    sentences the steps are told in the words of the calls and the things."""

    def __init__(self, language: str, label_of: Callable[[str], str]) -> None:
        self._phrases, self._label_of = Phrases(language), label_of
        self._spoken = language.split("-")[0] in READ

    def steps(self, call: Mapping[str, Any], actor: str) -> Iterator[Fields]:
        """The steps of one call, an operation's fields, by whoever may make it."""
        who, summary = call.get("actor") or actor, str(call["summary"])
        label = self._label_of(call["entity"]) if call.get("entity") else summary
        yield _step(who, "System", summary, operation=call["id"])
        yield from self._middle(call, who, label)
        done = self._say("step_done", summary, summary=summary)
        if call["method"] == "GET":
            done = self._thing("step_shown" if call.get("returns") == "page" else "step_shown_one", label)
        yield _step("System", who, done, kind="reply")

    def _middle(self, call: Mapping[str, Any], who: str, label: str) -> Iterator[Fields]:
        one_there = "{" in call["path"]
        if call["method"] == "GET":
            yield from self._looked_up("step_find" if call.get("returns") == "page" else "step_find_one", label)
            yield from self._refusals(call, who)
        elif call["path"].rpartition("/")[2] in LOG_INS:
            yield from self._looked_up("step_find_one", label)
            yield _step("System", "System", self._say("step_verify", label), kind="self")
            yield from self._refusals(call, who)
            yield _step("System", "System", self._say("step_token", label), kind="self")
        else:
            if call.get("errors"):
                yield from self._looked_up("step_check", label)
                yield from self._refusals(call, who)
            elif one_there:
                yield from self._looked_up("step_find_one", label)
            act = "remove" if call["method"] == "DELETE" else "change" if one_there else "save"
            yield _step("System", "Database", self._thing(f"step_{act}", label))
            yield _step("Database", "System", self._say("step_saved", label), kind="reply")

    def _looked_up(self, key: str, label: str) -> Iterator[Fields]:
        yield _step("System", "Database", self._thing(key, label))
        yield _step("Database", "System", self._say("step_found", label), kind="reply")

    def _refusals(self, call: Mapping[str, Any], who: str) -> Iterator[Fields]:
        for status, reason in list(call.get("errors") or ())[:_MOST_BRANCHES]:
            told = self._say("step_refused", f"{reason} ({status})", reason=reason, status=status)
            yield _step("System", who, told, kind="reply", when=reason)

    def _say(self, key: str, otherwise: str, **values: object) -> str:
        return self._phrases(key, **values) if self._spoken else otherwise

    def _thing(self, key: str, label: str) -> str:
        return self._phrases.thing(key, label) if self._spoken else label


def steps_of(call: Mapping[str, Any], actor: str, label_of: Callable[[str], str], language: str) -> Iterator[Fields]:
    """``Telling.steps``, for whoever reads blueprints and knows no drafter."""
    return Telling(language, label_of).steps(call, actor)


def _step(
    source: str, target: str, message: str, *, kind: str = "call", operation: str | None = None, when: str = ""
) -> Fields:
    return {
        "source": source,
        "target": target,
        "message": message[:200],
        "kind": kind,
        "operation": operation,
        "when": when[:300],
    }
