"""The vendored browser libraries: what they are, that they are unchanged, and how to take new ones.

``static/vendor/manifest.json`` lists every file with its SHA-256. ``python -m designchord.web.vendor`` compares;
``python -m designchord.web.vendor refresh`` packs the versions below with npm again and rewrites the folder. A new
version is a changed line here, a refresh, and the same version in the modules that import it. Mermaid's folder is
written by the build that also makes its grammar (``notation/vendor/mermaid``), CodeMirror's by ``scripts/codemirror``,
which also lists what is inside of it; a refresh only enters those.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from designchord.notation import mermaid

VENDOR = Path(__file__).parent / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"


@dataclass(frozen=True, slots=True)
class Package:
    """An npm package and the files that are taken of it; of a ``built`` one a build of ours has taken them already."""

    name: str
    version: str
    licence: str
    files: tuple[str, ...] = ()
    built: bool = False


PACKAGES = (
    Package("codemirror", "6.0.2", "MIT", built=True),
    Package("diff", "9.0.0", "BSD-3-Clause", files=("LICENSE", "libesm/diff/array.js", "libesm/diff/base.js")),
    Package("htm", "3.1.1", "Apache-2.0", files=("LICENSE", "preact/standalone.module.js")),
    Package("mermaid", mermaid.VERSION, "MIT, with elkjs under EPL-2.0", built=True),
)


def find_changed() -> list[str]:
    """Paths that are missing, unexpected or not as the manifest says; empty when all is well."""
    listed = {
        f"{package['name']}/{package['version']}/{path}": digest
        for package in json.loads(MANIFEST.read_text("utf-8"))["packages"]
        for path, digest in package["files"].items()
    }
    present = {
        path.relative_to(VENDOR).as_posix(): _digest(path)
        for path in VENDOR.rglob("*")
        if path.is_file() and path != MANIFEST
    }
    return sorted(path for path in listed.keys() | present.keys() if listed.get(path) != present.get(path))


#: Families that no design has by itself, and the layouts: stories are drawn without, entities by the page.
_SELDOM = ("elk", "dagre", *(family.module for family in mermaid.FAMILIES if not family.checked))


def list_modules(name: str) -> list[str]:
    """The vendored modules of a package, as paths below the static folder, without those that are seldom needed."""
    paths = (path for path in (VENDOR / name).rglob("*.mjs") if not path.name.startswith(_SELDOM))
    return sorted(path.relative_to(VENDOR.parent).as_posix() for path in paths)


def refresh() -> None:
    """Pack every package again and rewrite the folder and its manifest."""
    entries = []
    for package in PACKAGES:
        folder = VENDOR / package.name / package.version
        if not package.built:
            _pack(package, folder)
        files = {path.relative_to(folder).as_posix(): _digest(path) for path in folder.rglob("*") if path.is_file()}
        entries.append(
            {
                "name": package.name,
                "version": package.version,
                "licence": package.licence,
                "files": dict(sorted(files.items())),
            }
        )
    MANIFEST.write_text(json.dumps({"packages": entries}, indent=2) + "\n", "utf-8")


def _pack(package: Package, target: Path) -> None:
    shutil.rmtree(VENDOR / package.name, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        root = _unpack(package, Path(folder))
        for path in package.files:
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / path, target / path)


def _unpack(package: Package, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to refresh the vendored files")
    wanted = f"{package.name}@{package.version}"
    subprocess.run([npm, "pack", wanted, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed words
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    if sys.argv[1:] == ["refresh"]:
        refresh()
    changed = find_changed()
    sys.stdout.write("".join(f"changed: {path}\n" for path in changed))
    sys.exit(bool(changed))
