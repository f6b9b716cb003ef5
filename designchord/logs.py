"""Structured logs on standard error: one JSON object a line, event names that can be searched for, no user text."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

# structlog takes rich along for logs in colour, if there is one: 0.1 s of every start for what we never print.
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
import structlog  # noqa: E402

if sys.modules.get("rich") is None:
    del sys.modules["rich"]


def configure_logs(level: str) -> None:
    number = logging.getLevelNamesMapping().get(level, logging.WARNING)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LibraryLine())
    logging.basicConfig(level=number, handlers=[handler], force=False)
    # What callers did wrong is answered to them; only what we did wrong is worth a line here.
    logging.getLogger("django.request").setLevel(max(number, logging.ERROR))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_trace_without_values),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


class LibraryLine(logging.Formatter):
    """A line of a library in our form: what happened and where, without the values that it would have filled in."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "event": record.msg if isinstance(record.msg, str) else type(record.msg).__name__,
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"error": record.exc_info[0].__name__, "exception": _trace_without_values(record.exc_info)}
        return json.dumps(line, ensure_ascii=False)


def _trace_without_values(exc_info: object) -> str:
    """Where it happened, without the exception's text: that may hold keys or other people's data."""
    import traceback

    trace = exc_info[2] if isinstance(exc_info, tuple) else None
    return " < ".join(
        f"{frame.filename.rsplit('/designchord/')[-1]}:{frame.lineno} {frame.name}"
        for frame in reversed(traceback.extract_tb(trace))
    )
