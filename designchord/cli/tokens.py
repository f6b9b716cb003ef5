"""``designchord login`` and ``logout``. A token never stands on a command line."""

from __future__ import annotations

import sys

import click

from designchord.cli.credentials import forget_token, keep_token, vet_token
from designchord.cli.session import chosen_server
from designchord.errors import BadInput


@click.command(short_help="Keep an API token for a server.")
def login() -> int:
    """Keep an API token for the server that --server or DESIGNCHORD_SERVER names.

    The token is made on the server's page "Account". It is asked for, or read from standard input.
    """
    from designchord.cli.http import Server

    address = _address()
    text = click.prompt("Token", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    token = vet_token(text)
    Server(address, token=token).ask("GET", "/designs?limit=1")
    click.echo(f"The token for {address} is kept in {keep_token(address, token)}.")
    return 0


@click.command(short_help="Forget the token for a server.")
def logout() -> int:
    """Forget the token that `login` keeps; on the server it goes on until it is revoked there."""
    address = _address()
    if not forget_token(address):
        raise BadInput(f"No token is kept for {address}.", code="no_token")
    click.echo(f"The token for {address} is forgotten here. Revoke it on the server's page as well.")
    return 0


def _address() -> str:
    address = chosen_server()
    if address is None:
        raise BadInput("Name the server: designchord --server https://designs.example.org login", code="no_server")
    return address
