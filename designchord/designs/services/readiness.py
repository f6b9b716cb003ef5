"""Whether the database takes what has to be written into it."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

from django.db import Error, connection

from designchord.designs.models import Pace

#: Bytes that have to be free where SQLite's file is: less than a design needs is no room for anybody's.
ROOM = 2_000_000

#: Seconds for which an answer holds. Anybody may ask, and each write costs.
FRESH = 2.0

_lock = threading.Lock()
_known: tuple[float, bool] = (float("-inf"), False)


def database_takes_writes() -> bool:
    """Asks at most every two seconds; with a database that is frozen, after a few seconds."""
    global _known
    with _lock:
        if time.monotonic() - _known[0] > FRESH:
            takes = _has_room() and _write()
            _known = (time.monotonic(), takes)
        return _known[1]


def _has_room() -> bool:
    if connection.vendor != "sqlite":
        return True
    folder = Path(str(connection.settings_dict["NAME"])).parent
    try:
        return shutil.disk_usage(folder).free >= ROOM
    except OSError:
        return False


def _write() -> bool:
    try:
        Pace.objects.update_or_create(key="readiness", defaults={"free_at": time.time()})
    except Error:
        return False
    finally:
        connection.close()
    return True
