"""The vendored browser libraries: what they are, that they are unchanged, and how to take new ones.

``static/vendor/manifest.json`` lists every file with its SHA-256. ``python -m designchord.web.vendor`` compares;
``python -m designchord.web.vendor refresh`` packs the versions below with npm again and rewrites the folder. A new
version is a changed line here, a refresh, and the same version in the modules that import it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

VENDOR = Path(__file__).parent / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"

_STATIC_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\./[^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Package:
    """An npm package and what is taken of it: ``files`` as they are, ``modules`` (globs) with all they import."""

    name: str
    version: str
    licence: str
    files: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


_CHUNKS = "dist/chunks/mermaid.esm.min"
PACKAGES = (
    Package("htm", "3.1.1", "Apache-2.0", files=("LICENSE", "preact/standalone.module.js")),
    Package(
        "mermaid",
        "12.3.0",
        "MIT, with elkjs under EPL-2.0",
        files=("LICENSE",),
        modules=(
            "dist/mermaid.esm.min.mjs",
            f"{_CHUNKS}/sequenceDiagram-*.mjs",
            f"{_CHUNKS}/erDiagram-*.mjs",
            f"{_CHUNKS}/elk-*.mjs",
        ),
    ),
    Package(
        "swagger-ui-dist",
        "5.35.0",
        "Apache-2.0",
        files=("LICENSE", "NOTICE", "swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt", "swagger-ui.css"),
    ),
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


def list_modules(name: str) -> list[str]:
    """The vendored modules of a package, as paths below the static folder."""
    return sorted(path.relative_to(VENDOR.parent).as_posix() for path in (VENDOR / name).rglob("*.mjs"))


def refresh() -> None:
    """Pack every package again and rewrite the folder and its manifest."""
    entries = []
    for package in PACKAGES:
        shutil.rmtree(VENDOR / package.name, ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder:
            root = _unpack(package, Path(folder))
            taken = sorted({*package.files, *_with_imports(root, package.modules)})
            # "dist" goes: folders of that name are build output to Git and to packagers, and are left out.
            files = {path.removeprefix("dist/"): _digest(root / path) for path in taken}
            for path in taken:
                target = VENDOR / package.name / package.version / path.removeprefix("dist/")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(root / path, target)
        entries.append(
            {"name": package.name, "version": package.version, "licence": package.licence, "files": files},
        )
    MANIFEST.write_text(json.dumps({"packages": entries}, indent=2) + "\n", "utf-8")


def _unpack(package: Package, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to refresh the vendored files")
    wanted = f"{package.name}@{package.version}"
    subprocess.run([npm, "pack", wanted, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed words
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def _with_imports(root: Path, globs: tuple[str, ...]) -> set[str]:
    """The modules and everything they import statically, as paths relative to ``root``."""
    waiting = [path.relative_to(root).as_posix() for glob in globs for path in root.glob(glob)]
    found: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        folder = PurePosixPath(path).parent
        waiting += [(folder / name).as_posix() for name in _STATIC_IMPORT.findall((root / path).read_text("utf-8"))]
    return found


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    if sys.argv[1:] == ["refresh"]:
        refresh()
    changed = find_changed()
    sys.stdout.write("".join(f"changed: {path}\n" for path in changed))
    sys.exit(bool(changed))
