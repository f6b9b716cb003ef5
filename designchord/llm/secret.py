"""A key that may be sent but not shown."""

from __future__ import annotations


class Secret(str):
    """A string whose ``repr`` is masked, so that it does not end in a log, a traceback or a test report.

    ``str()`` of it still is the key: it goes into exactly one place, the request's header.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('…')" if self else "Secret('')"
