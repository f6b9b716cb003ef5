"""``designchord user`` and ``designchord invite``: what an operator does about accounts."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from designchord.cli.output import write_file
from designchord.cli.session import opened
from designchord.errors import BadInput


@click.group(short_help="List, add, change and delete accounts.")
def user() -> None:
    """Accounts, where DESIGNCHORD_ACCOUNTS=on."""


@user.command("list")
def list_users() -> int:
    """List accounts with the number of their designs."""
    with opened():
        from designchord.designs.selectors import owners_list

        for owner, designs in owners_list():
            marks = [word for word, true in (("staff", owner.is_staff), ("locked", not owner.is_active)) if true]
            click.echo(f"{owner.username}  {designs} designs  {' '.join(marks)}".rstrip())
    return 0


@user.command("add")
@click.argument("name")
@click.option("--staff", is_flag=True, help="May see the pages for staff and the metrics.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(name: str, staff: bool, password_stdin: bool) -> int:
    """Add an account; the password is asked for."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with opened():
        from designchord.designs.services.accounts import owner_create

        owner = owner_create(name=name, password=password, staff=staff)
        click.echo(f"{owner.username} can sign in.")
    return 0


@user.command("change")
@click.argument("name")
@click.option("--staff/--no-staff", default=None, help="May see the pages for staff and the metrics.")
@click.option("--active/--locked", default=None, help="Whether sessions and API tokens open anything.")
def change_user(name: str, staff: bool | None, active: bool | None) -> int:
    """Make somebody staff, or lock an account."""
    if staff is None and active is None:
        raise BadInput("Say what to change: --staff, --no-staff, --locked or --active.")
    with opened() as session:
        from designchord.designs.services.accounts import owner_change, owner_named

        owner = owner_named(name)
        if owner == session.owner:
            raise BadInput("This is the account of the machine itself; nobody signs in with it.", code="local_owner")
        owner_change(owner=owner, staff=staff, active=active)
    marks = ("staff" if owner.is_staff else "not staff", "active" if owner.is_active else "locked")
    click.echo(f"{owner.username}: {', '.join(marks)}")
    return 0


@user.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete_user(name: str, yes: bool) -> int:
    """Delete an account with all its designs. Nothing can be taken back."""
    with opened() as session:
        from designchord.designs.services.accounts import owner_named

        owner = owner_named(name)
        if owner == session.owner:
            raise BadInput("This is the account of the machine itself; it cannot be deleted.", code="local_owner")
        if not yes:
            click.confirm(f"Delete {name} and everything of theirs?", abort=True)
        session.app.verbs.delete_owner(owner=owner)
    click.echo(f"{name} is deleted.")
    return 0


@user.command("export")
@click.argument("name")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The zip archive to write.")
def export_user(name: str, out: Path) -> int:
    """Write everything that is kept of an account to a zip archive."""
    with opened() as session:
        from designchord.designs.services.accounts import owner_named
        from designchord.export.account import account_zip

        data = b"".join(account_zip(session.app.verbs.everything_of(owner=owner_named(name))))
    if out.exists():
        raise BadInput(f"{out} exists: name another file with --out.")
    write_file(out, data)
    click.echo(str(out))
    return 0


@user.command("reset")
@click.argument("name")
def reset_user(name: str) -> int:
    """Print a link under which NAME can choose a new password, once and for a day."""
    with opened():
        from designchord.designs.services.accounts import owner_named, reset_path

        click.echo(reset_path(owner=owner_named(name)))
    return 0


@user.command("sign-out")
@click.argument("name")
def sign_out_user(name: str) -> int:
    """End every session and revoke every API token of NAME; the password stays."""
    with opened():
        from designchord.designs.services.accounts import owner_named, sessions_end, tokens_revoke_all

        owner = owner_named(name)
        sessions, tokens = sessions_end(owner=owner), tokens_revoke_all(owner=owner)
    click.echo(f"{name} is signed out: sessions {sessions}, tokens {tokens}.")
    return 0


@click.command(short_help="Print a link for one registration.")
@click.option("--hours", default=72, show_default=True, type=click.IntRange(1, 8760), help="How long it is valid.")
def invite(hours: int) -> int:
    """Print the path of a link under which one account can be made; put it behind your server's address."""
    with opened() as session:
        if session.app.settings.registration != "invitation":
            raise BadInput("Invitations are not in use: set DESIGNCHORD_REGISTRATION=invitation.", code="not_in_use")
        from designchord.designs.services.accounts import invitation_create

        click.echo(f"/register/?invitation={invitation_create(seconds=hours * 3600)}")
    return 0
