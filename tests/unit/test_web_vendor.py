"""The vendored browser libraries are what the manifest says."""

from __future__ import annotations

import json

from designchord.web.vendor import MANIFEST, PACKAGES, VENDOR, find_changed


def test_vendored_files_are_unchanged() -> None:
    assert find_changed() == []


def test_every_package_has_its_version_and_licence() -> None:
    listed = {(entry["name"], entry["version"]): entry for entry in json.loads(MANIFEST.read_text("utf-8"))["packages"]}
    assert set(listed) == {(package.name, package.version) for package in PACKAGES}
    for (name, version), entry in listed.items():
        assert entry["licence"]
        assert (VENDOR / name / version / "LICENSE").is_file()


def test_modules_import_the_versions_that_are_vendored() -> None:
    static = VENDOR.parent
    ours = "".join(path.read_text("utf-8") for path in static.rglob("*.js") if VENDOR not in path.parents)
    for package in PACKAGES:
        if f"vendor/{package.name}/" in ours:
            assert f"vendor/{package.name}/{package.version}/" in ours
