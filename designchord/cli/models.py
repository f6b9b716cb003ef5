"""``designchord models``: which models can be used, and why others cannot."""

from __future__ import annotations

import click

from designchord.cli.output import print_json
from designchord.cli.session import chosen_server, reached


@click.command(short_help="List the models that are ready, and why others are not.")
@click.option("--probe", is_flag=True, help="Ask each provider whether it answers.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models(probe: bool, as_json: bool) -> int:
    """List providers, whether they are ready, and what is missing where they are not."""
    address = chosen_server()
    if address is None:  # needs neither database nor Django
        from designchord import wiring

        found = wiring.models_here(probe=probe)
    else:
        with reached() as designs:
            found = designs.models(probe=probe)
    if as_json:
        print_json(found)
        return 0
    for item in found["items"]:
        models_of = f" ({', '.join(item['models'][:5])})" if item["models"] else ""
        click.echo(f"{'ready' if item['ready'] else '-':<6} {item['provider']:<11} {item['reason']}{models_of}")
    click.echo(f"An empty choice means {found['default']}.")
    for warning in found.get("warnings", ()):  # a server of an earlier version has none
        click.echo(f"warning: {warning}", err=True)
    return 0
