"""Pictures of diagrams on the server, drawn by a process of its own that can be killed."""

from __future__ import annotations

import json
import math
import os
import selectors
import struct
import subprocess
import sys
import tempfile
import time
from collections import OrderedDict
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self

from designchord.errors import BadInput, DesignchordError, Unavailable
from designchord.notation.drawing import er, looks
from designchord.notation.mermaid import parse
from designchord.notation.svg import inert

#: Raised when the pictures change for the same source, so that old ones are not found any more.
PICTURES: Final = "2"
CACHE_BYTES: Final = 32 << 20
PNG_SCALE: Final = 2.0
START_SECONDS: Final = 30.0
#: Laying out an ER diagram takes time that grows with the square of its rows: 400 of them take seconds, 1,900 minutes.
MAX_ROWS: Final = 500
#: How long it is remembered that a source took too long. That one cannot be drawn is remembered while there is room.
REMEMBER_SECONDS: Final = 300.0
MAX_FAILURES: Final = 500
MAX_ANSWER_BYTES: Final = 64 << 20
#: What the worker needs of the environment; it never sees a key.
_ENVIRONMENT: Final = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "HOME", "VIRTUAL_ENV", "TMPDIR", "FONTCONFIG_PATH")


class Renderer:
    """Draws valid diagrams. Threads may share one; they draw one after the other and wait ``patience`` seconds at most.

    Raises ``BadInput`` (``diagram_invalid``: it does not parse; ``render_too_large``; ``render_refused``: it parses but
    cannot be drawn) and ``Unavailable`` (``render_busy``, ``render_timeout``, ``render_failed``, ``render_no_font``).
    What failed because of its source is not tried again for a while.
    """

    def __init__(self, *, folder: Path | None = None, seconds: float = 20.0, patience: float = 2.0) -> None:
        self._folder = folder
        self._seconds = seconds
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._cached_bytes = 0
        self._cache_lock = Lock()
        self._failures: OrderedDict[str, tuple[DesignchordError, float]] = OrderedDict()
        self._worker = _Worker(patience)

    def svg(self, source: str) -> str:
        """An inert SVG: no script, no handlers, no foreign objects, no references outside itself."""
        key = _key("svg", source)
        known = self._recall(key)
        if known is not None:
            return known.decode()
        diagram = parse(source)
        if not diagram.valid:
            first = next(one for one in (*diagram.refused, *diagram.problems) if one.severity == "error")
            raise BadInput(f"The diagram cannot be drawn: {first.message}", code="diagram_invalid", line=first.line)
        rows = sum(1 + len(entity.attributes) for entity in diagram.er.entities) if diagram.er else 0
        if rows > MAX_ROWS:
            raise BadInput(
                f"The server draws ER diagrams of up to {MAX_ROWS} entities and attributes; this one has {rows:,}.",
                code="render_too_large",
            )
        picture = (er.whole(source) if diagram.er else None) or self._drawn(key, source)
        if looks.has_looks(picture):
            picture = looks.alone(picture)
        self._remember(key, picture.encode())
        return picture

    def _drawn(self, key: str, source: str) -> str:
        picture = inert(self._ask(key, {"draw": source}).decode())
        return looks.sequence(picture) if 'aria-roledescription="sequence"' in picture[:1000] else picture

    def png(self, source: str) -> bytes:
        """The same picture as a PNG on white, at twice its size."""
        key = _key("png", source)
        known = self._recall(key)
        if known is None:
            known = self._ask(key, {"paint": self.svg(source), "scale": PNG_SCALE})
            self._remember(key, known)
        return known

    def close(self) -> None:
        """End the worker. A later call starts another."""
        self._worker.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, key: str, request: dict[str, Any]) -> bytes:
        with self._cache_lock:
            failure, until = self._failures.get(key, (None, 0.0))
        if failure is not None and time.monotonic() < until:
            raise failure.with_traceback(None)
        try:
            return self._worker.ask(request, self._seconds)
        except DesignchordError as failed:
            seconds = {"render_refused": math.inf, "render_timeout": REMEMBER_SECONDS}.get(failed.code)
            if seconds is not None:
                with self._cache_lock:
                    self._failures[key] = (failed, time.monotonic() + seconds)
                    if len(self._failures) > MAX_FAILURES:
                        self._failures.popitem(last=False)
            raise

    def _recall(self, key: str) -> bytes | None:
        with self._cache_lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        if self._folder is None:
            return None
        try:
            picture = (self._folder / key).read_bytes()
        except OSError:
            return None
        self._keep(key, picture)
        return picture

    def _remember(self, key: str, picture: bytes) -> None:
        self._keep(key, picture)
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            file.write(picture)
        Path(file.name).replace(self._folder / key)

    def _keep(self, key: str, picture: bytes) -> None:
        with self._cache_lock:
            self._cached_bytes += len(picture) - len(self._cache.pop(key, b""))
            self._cache[key] = picture
            while self._cached_bytes > CACHE_BYTES and self._cache:
                self._cached_bytes -= len(self._cache.popitem(last=False)[1])


def _key(form: str, source: str) -> str:
    content = f"{PICTURES} {source}".encode("utf-8", "surrogatepass")
    return f"{sha256(content).hexdigest()}.{form}"


class _Worker:
    """The drawing process: started when first asked, killed when it hangs, started again when next asked."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()

    def ask(self, request: dict[str, Any], seconds: float) -> bytes:
        if self._owner != os.getpid():  # forked: the process and the lock belong to the parent
            self._lock, self._process, self._owner = Lock(), None, os.getpid()
        if not self._lock.acquire(timeout=self._patience):
            raise Unavailable("Other diagrams are being drawn at the moment.", code="render_busy")
        try:
            fresh = self._process is None or self._process.poll() is not None
            process = self._start() if fresh else self._process
            assert process is not None  # noqa: S101 (for the type checker)
            deadline = time.monotonic() + seconds + (START_SECONDS if fresh else 0.0)
            try:
                status, body = _exchange(process, {**request, "seconds": seconds + START_SECONDS}, deadline)
            except TimeoutError:
                self._kill()
                raise Unavailable("Drawing this diagram takes too long.", code="render_timeout") from None
            except (OSError, EOFError, ValueError):
                self._kill()
                raise Unavailable("Drawing this diagram failed.", code="render_failed") from None
        finally:
            self._lock.release()
        if status == b"-":
            raise BadInput("This diagram can be read but not drawn.", code="render_refused")
        if status == b"?":
            raise Unavailable(
                "No font for the letters of this diagram is installed; the SVG still shows them.", code="render_no_font"
            )
        return body

    def stop(self) -> None:
        if self._owner == os.getpid():
            with self._lock:
                self._kill()

    def _start(self) -> subprocess.Popen[bytes]:
        self._kill()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "designchord.notation.render_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )
        return self._process

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue


def _exchange(process: subprocess.Popen[bytes], request: dict[str, Any], deadline: float) -> tuple[bytes, bytes]:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    body = json.dumps(request).encode()
    process.stdin.write(struct.pack(">I", len(body)) + body)
    process.stdin.flush()
    head = _read(process.stdout.fileno(), 5, deadline)
    length = struct.unpack(">I", head[1:])[0]
    if length > MAX_ANSWER_BYTES:
        raise ValueError(length)
    return head[:1], _read(process.stdout.fileno(), length, deadline)


def _read(descriptor: int, length: int, deadline: float) -> bytes:
    """Exactly ``length`` bytes, or ``TimeoutError`` at the deadline, or ``EOFError`` when the process ended."""
    parts: list[bytes] = []
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while length:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            part = os.read(descriptor, min(length, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            length -= len(part)
    return b"".join(parts)
