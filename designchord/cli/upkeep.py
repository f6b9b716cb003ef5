"""``designchord worker`` and ``designchord sweep``: the hands behind the faces."""

from __future__ import annotations

import click

from designchord.cli.session import opened
from designchord.errors import SettingsError


@click.command(short_help="Run steps that come over RabbitMQ.")
@click.option("--concurrency", type=click.IntRange(1, 8192), help="Steps at the same time.")
def worker(concurrency: int | None) -> int:
    """Run steps that other processes hand over through RabbitMQ."""
    from designchord.settings import Settings

    settings = Settings.from_environ()
    if settings.embedded:
        raise SettingsError(
            "There is nothing for a worker to do: `designchord serve` runs its steps itself. "
            "Workers need DESIGNCHORD_ENGINE_URL=amqp://…."
        )

    from designchord.worker import run

    run(concurrency or settings.concurrency)
    return 0


@click.command(short_help="Find work that was left behind and hand it over.")
def sweep() -> int:
    """Find steps that should be running and are not, and designs past their deadline, and put them right once."""
    with opened(running=True) as session:
        found = session.app.sweeper.sweep()
    click.echo(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in found.items()))
    return 0
