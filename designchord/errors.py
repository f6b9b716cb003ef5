"""One error tree. Every error has a stable ``code`` that faces show and clients may rely on.

DesignchordError
├── BadInput            what was asked for cannot be done as it stands; the message says what to change
│   ├── TooLarge            over a stated limit
│   ├── NotFound            no such thing, or not yours (the two are never told apart)
│   ├── NotSignedIn         nobody is known to ask
│   ├── Forbidden           whoever asks may not do this in this way
│   ├── Conflict            the thing is in a state that does not allow this
│   └── QuotaExceeded       allowed again later (``retry_after`` seconds)
├── SettingsError       the operator's settings contradict each other or lack something
├── Unavailable         a part that is really needed (database, broker) does not answer
│   └── Busy                too much is asked for at the same time
├── ModelError          a call to a model did not give a complete answer
└── Stopped             the work was cancelled or its lease was lost; its result is not wanted

Only the API face turns these into HTTP, only the CLI into exit codes. The text of foreign exceptions never goes
into a message: it may hold keys or other people's data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class DesignchordError(Exception):
    """Something went wrong in designchord."""

    code = "error"
    retryable = False

    def __init__(self, message: str = "", *, code: str | None = None, **details: Any) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.details = details
        if code is not None:
            self.code = code
        super().__init__(self.message)


class BadInput(DesignchordError):
    """The input cannot be used as it stands."""

    code = "bad_input"


class TooLarge(BadInput):
    """The input is over the limit."""

    code = "too_large"


class NotFound(BadInput):
    """There is no such thing here."""

    code = "not_found"


class NotSignedIn(BadInput):
    """Sign in first, or send a token that is valid."""

    code = "not_signed_in"


class Forbidden(BadInput):
    """This is not allowed."""

    code = "forbidden"


class Conflict(BadInput):
    """That is not possible in the present state."""

    code = "conflict"


class QuotaExceeded(BadInput):
    """That is more than is allowed at the moment."""

    code = "quota_exceeded"
    retryable = True

    def __init__(
        self, message: str = "", *, retry_after: float = 60.0, code: str | None = None, **details: Any
    ) -> None:
        super().__init__(message, code=code, **details)
        self.retry_after = retry_after


class SettingsError(DesignchordError):
    """The settings cannot work together."""

    code = "bad_settings"


class Unavailable(DesignchordError):
    """A part that is needed for this does not answer at the moment."""

    code = "unavailable"
    retryable = True


class Busy(Unavailable):
    """Too many requests are under way at the same time. Try again in a moment."""

    code = "busy"


class ModelError(DesignchordError):
    """The model gave no complete answer.

    ``code`` is one of: ``model_unreachable``, ``model_timeout``, ``model_overloaded``, ``model_rate_limited``,
    ``model_auth`` (401/403), ``model_quota`` (402 or exhausted quota), ``model_not_found``, ``model_bad_request``,
    ``model_context_length``, ``model_refused``, ``model_content_filter``, ``model_truncated``, ``model_incomplete``
    (a stream that ended without ``finish_reason``), ``model_bad_answer`` (not the protocol), ``model_too_large``,
    ``model_budget`` (a cap of ours), ``model_unpriced`` (a cap in dollars, and no price), ``model_circuit_open``.
    ``retry_after`` is in seconds, where the provider named one.
    """

    code = "model_error"

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, code=code, **details)
        self.retryable = retryable
        self.retry_after = retry_after


class Stopped(DesignchordError):
    """The work was cancelled or taken over; its result is not wanted."""

    code = "stopped"


def outcome_of(work: Callable[[], T]) -> T | Exception:
    """The result of what must not end the thread that runs it, or the exception that it raised.

    For threads and foreign code of which nobody can say how they fail. Steps have a boundary of their own
    (``pipeline.steps``); everywhere else failures are named.
    """
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the one place for it
        return error
