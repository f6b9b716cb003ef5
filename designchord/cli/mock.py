"""``designchord mock``: a server of a design's API that remembers."""

from __future__ import annotations

import click

from designchord.errors import BadInput


@click.command(short_help="Serve a mock of a design's API that remembers.")
@click.argument("design", metavar="ID|FOLDER")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="0 takes a free one.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which sample data it begins with.")
def mock(design: str, port: int, seed: int) -> int:
    """Serve the API of a design, a stored one by its ID or an exported FOLDER, on this machine until Ctrl-C.

    Requests are validated, state is kept in memory, and it begins with sample data. `Bearer mock-<Actor>` signs in as
    an actor; `Prefer: code=409` asks for a refusal that the API describes.
    """
    import socket

    import uvicorn

    from designchord.cli.staging import playable
    from designchord.rehearsal.acting import TOKEN
    from designchord.rehearsal.mock import Mock
    from designchord.rehearsal.serving import MockServer
    from designchord.rehearsal.stage import stage_of

    playing = playable(design)
    stage = stage_of(playing.sources, playing.blueprint)
    if stage is None:
        raise BadInput("There is no API that can be read, so there is nothing to serve.", code="no_api")
    served = Mock(stage, seed=seed, language=playing.language)
    # Only where the protocol is named does asyncio let connections send at once: else an answer waits for 40 ms.
    bound = socket.socket(proto=socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
        bound.listen(128)  # who reads the address below may call at once
    except OSError:
        raise BadInput(f"Port {port} is taken: choose another with --port.", code="port") from None
    click.echo(f"http://127.0.0.1:{bound.getsockname()[1]} serves {len(stage.description.endpoints)} operations.")
    for actor in stage.acting.actors:
        click.echo(f"  Authorization: Bearer {TOKEN}{actor}")
    config = uvicorn.Config(MockServer(served), log_level="warning", lifespan="on", timeout_graceful_shutdown=2)
    try:
        uvicorn.Server(config).run(sockets=[bound])
    finally:
        served.close()
        bound.close()
    return 0
