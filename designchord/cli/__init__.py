"""The command line. Commands load what they need when they run, so that ``--help`` answers at once.

Exit codes: 0 done, 1 failed, 2 bad input, 3 partial, 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from designchord import __version__
from designchord.cli.accounts import invite, user
from designchord.cli.assumptions import assumptions
from designchord.cli.change import change, diff, undo
from designchord.cli.changing import cancel, delete, edit, refresh, regenerate, retry, share, show, undelete
from designchord.cli.check import check
from designchord.cli.doctor import doctor
from designchord.cli.eval import evaluate
from designchord.cli.explain import explain
from designchord.cli.export import export
from designchord.cli.generate import generate
from designchord.cli.importing import import_system
from designchord.cli.migration import migration
from designchord.cli.mock import mock
from designchord.cli.models import models
from designchord.cli.rehearse import rehearse
from designchord.cli.serve import serve
from designchord.cli.status import list_designs, status
from designchord.cli.tokens import login, logout
from designchord.cli.upkeep import sweep, worker
from designchord.cli.verify import verify
from designchord.errors import BadInput, DesignchordError, SettingsError

DONE, FAILED, BAD_INPUT, PARTIAL, INTERRUPTED = 0, 1, 2, 3, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="designchord")
@click.option("--server", envvar="DESIGNCHORD_SERVER", metavar="URL", help="Use the designchord on that server.")
@click.option("--allow-http", is_flag=True, help="Also without encryption, on a server that is not this machine.")
@click.pass_context
def commands(context: click.Context, server: str | None, allow_http: bool) -> None:
    """Turn a project idea into one consistent, checked software design.

    Works at once, without a key or a server: `designchord generate idea.md --out design`. The commands about designs
    also work on a server (--server or DESIGNCHORD_SERVER, and a token: `designchord login`).
    """
    named = context.get_parameter_source("server") is click.core.ParameterSource.COMMANDLINE
    if server and named and context.invoked_subcommand in _HERE_ALONE:
        raise BadInput(f"`{context.invoked_subcommand}` is about this machine: leave --server out.", code="local_only")


_COMMANDS: tuple[click.Command, ...] = (
    *(generate, import_system, check, verify, serve, list_designs, status, show, export, share, explain, assumptions),
    *(change, undo, diff, edit, regenerate, refresh, retry, cancel, delete, undelete, login),
    *(rehearse, mock, migration, logout, models, evaluate, worker, sweep, user, invite, doctor),
)
_HERE_ALONE = {one.name for one in (check, serve, evaluate, worker, sweep, user, invite, doctor)}
for command in _COMMANDS:
    commands.add_command(command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; whatever is wrong is said in one sentence on standard error."""
    try:
        code = commands.main(arguments, prog_name="designchord", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return BAD_INPUT
    except (BadInput, SettingsError) as error:
        return _say(error, BAD_INPUT)
    except DesignchordError as error:
        return _say(error, FAILED)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    return code if isinstance(code, int) else DONE


def main() -> None:
    sys.exit(run())


def _say(error: DesignchordError, code: int) -> int:
    click.echo(f"designchord: {error.message}", err=True)
    return code
