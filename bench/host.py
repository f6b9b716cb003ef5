"""A designchord web process that publishes events when told to, each with the time when it was published.

python -m bench.host        {"designs": ["…"], "seconds": 5.0, "every": 0.5}
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from typing import Any

import uvicorn

from designchord import wiring
from designchord.events.base import Event


def main() -> None:
    wiring.setup()
    wiring.prepare_database()
    app = wiring.application()
    app.run()
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        server = uvicorn.Server(
            uvicorn.Config("designchord.asgi:application", log_level="warning", access_log=False, lifespan="off",
                           timeout_graceful_shutdown=1, backlog=4096)
        )  # fmt: skip
        threading.Thread(target=_obey, args=(app, server), daemon=True).start()
        print(json.dumps({"url": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
        server.run(sockets=[listener])
    app.close(1.0)


def _obey(app: wiring.App, server: uvicorn.Server) -> None:
    for line in sys.stdin:
        print(json.dumps(publish(app, **json.loads(line))), flush=True)
    server.should_exit = True


def publish(app: wiring.App, *, designs: list[str], seconds: float, every: float) -> dict[str, Any]:
    """A frame of live text for each design at every interval; the text is the time of the monotonic clock."""
    used, count, offset = time.process_time(), 0, 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for design in designs:
            text = f"{time.monotonic():016.6f}"
            where = {"kind": "document", "part": "", "run": 1, "offset": offset, "text": text}
            app.stream.publish(Event(design, "delta", 0, where))
        count, offset = count + len(designs), offset + len(text)
        time.sleep(every)
    time.sleep(0.5)
    return {"published": count, "cpu": time.process_time() - used}


if __name__ == "__main__":
    main()
