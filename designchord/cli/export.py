"""``designchord export``: take a stored design out."""

from __future__ import annotations

from pathlib import Path

import click

from designchord.cli.output import claim_folder, write_file, write_folder
from designchord.cli.session import reached
from designchord.errors import BadInput


@click.command(short_help="Write a stored design to files.")
@click.argument("design_id", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path), metavar="PATH", help="The folder or file to write.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["folder", "zip", "html", "md"]),
    default="folder",
    show_default=True,
    help="A folder, the same as a zip archive, one page, or one Markdown document.",
)
@click.option("--pictures", is_flag=True, help="Also draw every diagram as SVG (folder and zip).")
@click.option("--force", is_flag=True, help="Write over what is there.")
def export(design_id: str, out: Path | None, form: str, pictures: bool, force: bool) -> int:
    """Write the design ID as `generate` would have written it."""
    with reached() as designs:
        snapshot = designs.snapshot(design_id)

    from designchord.export.design import from_snapshot
    from designchord.export.folder import drawing, folder_files, zip_bytes
    from designchord.export.page import single_html
    from designchord.export.readme import single_markdown

    design = from_snapshot(snapshot)
    target = out or Path(design.file_stem if form == "folder" else f"{design.file_stem}.{form}")
    if form != "folder" and target.exists() and not force:
        raise BadInput(f"{target} exists: name another file with --out, or write over it with --force.")
    with drawing() as draw:
        if form == "folder":
            claim_folder(target, force=force)
            write_folder(target, folder_files(design, draw, pictures=pictures))
        elif form == "zip":
            write_file(target, zip_bytes(design, draw, pictures=pictures))
        else:
            write_file(target, (single_html(design, draw) if form == "html" else single_markdown(design)).encode())
    click.echo(str(target))
    return 0
