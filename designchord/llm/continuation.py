"""What to say when an answer was cut off at its length, and how to join what comes then."""

from __future__ import annotations

from dataclasses import replace

from designchord.llm.base import Message, Request

_GO_ON = (
    "Your answer was cut off. Go on exactly where it stops, in the middle of the line if need be. Repeat nothing, "
    "explain nothing, open no new code fence."
)
_SHORTER = (
    "Your last answer did not fit into the allowed length. Write the whole answer anew, complete but at most half as "
    "long: keep what carries meaning, leave out remarks and the least important details."
)
#: Characters searched for text that the second half repeats, and the least that counts as repeated.
_SEARCHED, _LEAST = 2000, 12


def ask_to_go_on(request: Request, partial: str) -> Request:
    """The request that continues a cut answer in the same conversation."""
    turns = (Message("assistant", partial), Message("user", _GO_ON))
    return replace(request, messages=request.messages + turns)


def ask_shorter(request: Request) -> Request:
    """The request for a shorter answer."""
    return replace(request, messages=(*request.messages, Message("user", _SHORTER)))


def join(partial: str, more: str) -> str:
    """Both halves as one text, without a fence opened anew and without what the second half repeats of the first."""
    if partial.count("```") % 2 and more.lstrip().startswith("```"):
        first, _, rest = more.lstrip().partition("\n")
        if first.strip() != "```":
            more = rest
    longest = min(len(partial), len(more), _SEARCHED)
    for size in range(longest, _LEAST - 1, -1):
        if partial.endswith(more[:size]):
            return partial + more[size:]
    return partial + more
