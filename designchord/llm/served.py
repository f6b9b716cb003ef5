"""What local servers serve: asked side by side and remembered for a short while, so that a list costs nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from designchord.llm.addresses import is_here, split
from designchord.llm.local import list_models
from designchord.llm.secret import Secret

#: Seconds for which an answer counts.
FRESH_SECONDS = 15.0


class ServedModels:
    """The models that servers have, by base URL. Thread-safe; while one thread asks, others wait for what it finds."""

    def __init__(self, ask: Callable[[str, Secret | None], list[str] | None] = list_models) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._found: dict[str, tuple[float, list[str] | None]] = {}
        self._own_port: int | None = None

    def exclude(self, port: int) -> None:
        """Never ask this port of this machine: we ourselves answer there."""
        self._own_port = port

    def is_excluded(self, base_url: str) -> bool:
        parts = split(base_url)
        return parts is not None and is_here(base_url) and self._own_port == (parts.port or 80)

    def refresh(self, servers: Mapping[str, Secret | None]) -> None:
        """Ask those servers (base URL → key), side by side, of whom nothing fresh is known."""
        with self._lock:
            now = time.monotonic()
            old = [url for url in servers if not self._fresh(url, now) and not self.is_excluded(url)]
            if not old:
                return
            with ThreadPoolExecutor(len(old)) as threads:
                found = list(threads.map(self._ask, old, [servers[url] for url in old]))
            now = time.monotonic()
            self._found.update({url: (now, models) for url, models in zip(old, found, strict=True)})

    def models(self, base_url: str) -> list[str] | None:
        """Their names as last heard; ``None`` when the server did not answer or was never asked."""
        return self._found.get(base_url, (0.0, None))[1]

    def _fresh(self, url: str, now: float) -> bool:
        return url in self._found and now - self._found[url][0] < FRESH_SECONDS
