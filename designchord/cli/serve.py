"""``designchord serve``: the page and the HTTP API on this machine."""

from __future__ import annotations

import errno
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from designchord.addresses import is_loopback
from designchord.cli.session import opened
from designchord.errors import BadInput
from designchord.settings import Settings

if TYPE_CHECKING:
    import uvicorn

#: Seconds that open connections (event streams never end by themselves) and running steps get when it stops.
SHUTDOWN_SECONDS = 2

#: Seconds after which a thread that computes lets others go on (Python's own: 5 ms). A request goes through several
#: hands, and stands behind everybody who computes each time.
SWITCH_SECONDS = 0.001

USUAL_PORT = 8000

#: How many ports from the usual one on are tried before any other is taken.
PORTS_NEAR = 10


class PortTaken(BadInput):
    """Another program listens there."""

    code = "port_taken"


@click.command(short_help="Open designchord in the browser.")
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address, unless there are accounts.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="0 takes any free port.  [default: 8000, or a free one near it]"
)
@click.option("--no-browser", is_flag=True, help="Do not open the page.")
def serve(host: str, port: int | None, no_browser: bool) -> int:
    """Serve the page and the HTTP API, to this machine alone unless there are accounts."""
    local = is_loopback(host)
    if not local:
        _refuse_foreign(host)
    # A proxy, or whoever else reaches this from elsewhere, knows one port.
    with (
        (_bind_near if port is None and local else _bind)(host, USUAL_PORT if port is None else port) as listener,
        opened(running=True) as session,
    ):
        session.app.models.serving_at(listener.getsockname()[1])
        server = _server(_address(listener), browse=not no_browser)
        # The server raises the signal that ended it once more; by then we are leaving anyway.
        signal.signal(signal.SIGTERM, lambda *_: None)
        signal.signal(signal.SIGINT, lambda *_: None)
        sys.setswitchinterval(SWITCH_SECONDS)
        server.run(sockets=[listener])
    return 0


def _refuse_foreign(host: str) -> None:
    settings = Settings.from_environ()
    if not settings.accounts:
        raise BadInput(
            f"{host} can be reached from other machines, and nobody has to sign in: set DESIGNCHORD_ACCOUNTS=on, or "
            "serve on 127.0.0.1.",
            code="not_loopback",
        )
    if not settings.allowed_hosts:
        raise BadInput(
            "Say under which names people reach this server: set DESIGNCHORD_ALLOWED_HOSTS=designs.example.org.",
            code="no_allowed_hosts",
        )


def _bind_near(host: str, usual: int) -> socket.socket:
    """The usual port, or the next that is free: vLLM and many others have chosen the same."""
    for port in (*range(usual, usual + PORTS_NEAR), 0):
        with suppress(PortTaken):
            listener = _bind(host, port)
            if port != usual:
                got = listener.getsockname()[1]
                click.echo(f"Port {usual} is taken by another program; this is port {got}.", err=True)
            return listener
    raise PortTaken("No port is free.")


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only where the protocol is named does asyncio let its connections send at once (TCP_NODELAY). Else the second
    # piece of every answer, and each event, waits until the client acknowledges the first: 40 ms later.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # another program may have bound the port as well and not listen yet
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"Port {port} is taken: choose another with --port, or --port 0 for any free one."
            ) from None
        if error.errno == errno.EACCES:
            raise BadInput(f"Port {port} is for root alone: choose one from 1024 on.", code="bad_port") from None
        raise BadInput(f"{host} is no address of this machine: choose another with --host.", code="bad_host") from None
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _server(address: str, *, browse: bool) -> uvicorn.Server:
    import uvicorn

    from designchord.api.connections import BoundedProtocol

    class Announced(uvicorn.Server):
        """Says where it is once it really answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                click.echo(f"designchord is at {address}")
                if browse:
                    import webbrowser

                    webbrowser.open(address)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # Event streams never end by themselves, and the server waits for every connection.
            from designchord.api.event_stream import end_all

            end_all()
            await super().shutdown(sockets=sockets)

    return Announced(
        uvicorn.Config(
            "designchord.asgi:application",
            http=BoundedProtocol,
            log_config=None,  # it logs as everything else does
            log_level="warning",
            access_log=False,
            lifespan="off",
            proxy_headers=False,  # whether a proxy is to be believed is DESIGNCHORD_HTTPS's affair
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            server_header=False,
            h11_max_incomplete_event_size=64_000,
        )
    )
