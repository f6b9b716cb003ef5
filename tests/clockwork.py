"""designchord with a wall clock that can be set: ``python tests/clockwork.py FILE serve …``.

FILE holds the seconds by which the clock is ahead; it is read whenever the time is asked for.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone

_real = time.time


def _now() -> float:
    ahead = _file.read_text().strip() if _file.exists() else ""
    return _real() + float(ahead or 0)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    _file = Path(sys.argv.pop(1))
    time.time = _now
    timezone.now = lambda: datetime.fromtimestamp(_now(), UTC)

    from designchord.__main__ import main

    sys.exit(main())
