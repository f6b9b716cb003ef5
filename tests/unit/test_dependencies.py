"""What can be known of the dependencies without asking anybody; ``make audit`` asks for known weaknesses."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK: dict[str, Any] = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
LOCKED = [package for package in LOCK["package"] if package["name"] != "designchord"]

#: Used without being imported in our code.
NOT_IMPORTED = {
    "psycopg": "Django's PostgreSQL backend imports it",
}

#: Imported although it is not named: it belongs to a dependency that is.
EXPLAINED = {
    "amqp": "kombu's own half",
    "h11": "uvicorn's own half",
    "pyparsing": "pydbml's own half",
}

#: Licences under which a team may run and change this, whatever it does with it. What people say is matched in words.
ALLOWED = re.compile(
    r"(MIT|ISC|0BSD|Zlib|CC0-1\.0|PSF-2\.0|MPL-2\.0|Apache[ -]2\.0|(New )?BSD([ -][23][ -]Clause)?( License)?)",
    re.IGNORECASE,
)
ALLOWED_CLASSIFIERS = {
    "MIT License", "BSD License", "Apache Software License", "ISC License (ISCL)", "Python Software Foundation License",
    "Mozilla Public License 2.0 (MPL 2.0)",
}  # fmt: skip

#: Looked at one by one.
LICENCES_BY_HAND = {
    "psycopg": "LGPL-3.0-only: used as a library that anybody can replace, unchanged",
    "psycopg-binary": "as psycopg",
    "psycopg-pool": "as psycopg",
    "quickjs-ng": "its metadata name none; the LICENSE file in its wheel is MIT's",
}


def requirements() -> list[Requirement]:
    groups = PROJECT["dependency-groups"].values()
    return [
        Requirement(text) for text in (*PROJECT["project"]["dependencies"], *(one for group in groups for one in group))
    ]


def runtime() -> dict[str, metadata.Distribution]:
    """Everything that is installed for somebody who only uses designchord, by name."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [("designchord", frozenset[str]())]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        found[name] = distribution = metadata.distribution(name)
        for requirement in map(Requirement, distribution.requires or ()):
            wanted = [{"extra": extra} for extra in (*extras, "")]
            if requirement.marker and not any(requirement.marker.evaluate(one) for one in wanted):
                continue
            following = (canonicalize_name(requirement.name), frozenset(requirement.extras))
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    del found["designchord"]
    return found


def imported() -> set[str]:
    """The top-level modules that our code imports, wherever in it."""
    found: set[str] = set()
    for path in (ROOT / "designchord").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"designchord", "__future__"}


def test_every_locked_package_comes_from_the_registry_with_a_digest() -> None:
    for package in LOCKED:
        assert package["source"] == {"registry": "https://pypi.org/simple"}, package["name"]
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else [])]
        assert files, package["name"]
        for file in files:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"])
            assert file["url"].startswith("https://files.pythonhosted.org/packages/")


def test_what_is_locked_is_what_the_project_asks_for() -> None:
    ours = next(package for package in LOCK["package"] if package["name"] == "designchord")
    asked = {entry["name"]: entry["specifier"] for entry in ours["metadata"]["requires-dist"]}
    optional = [text for extra in PROJECT["project"].get("optional-dependencies", {}).values() for text in extra]
    named = map(Requirement, (*PROJECT["project"]["dependencies"], *optional))
    wanted = {canonicalize_name(each.name): each.specifier for each in named}
    assert asked.keys() == wanted.keys()
    for name, specifier in asked.items():
        assert Requirement(f"{name}{specifier}").specifier == wanted[name]


def test_no_dependency_comes_from_an_address_or_a_repository() -> None:
    assert [each.name for each in requirements() if each.url] == []
    assert "sources" not in PROJECT["tool"]["uv"]
    assert "index" not in PROJECT["tool"]["uv"]


def test_every_dependency_is_bounded_below_and_what_people_run_also_above() -> None:
    for each in map(Requirement, PROJECT["project"]["dependencies"]):
        operators = {specifier.operator for specifier in each.specifier}
        assert operators == {">=", "<"}, each.name


def test_no_dependency_is_named_twice() -> None:
    names = [canonicalize_name(each.name) for each in requirements()]
    assert sorted(names) == sorted(set(names))


def test_two_versions_of_a_package_are_for_different_pythons() -> None:
    markers: dict[str, list[str]] = defaultdict(list)
    for package in LOCKED:
        markers[package["name"]] += package.get("resolution-markers", ["always"])
    assert [name for name, found in markers.items() if len(found) > len(set(found))] == []
    assert [name for name, found in markers.items() if "always" in found and len(found) > 1] == []


def test_every_dependency_is_used_and_everything_used_is_a_dependency() -> None:
    modules = metadata.packages_distributions()
    direct = {canonicalize_name(each.name) for each in map(Requirement, PROJECT["project"]["dependencies"])}
    used = {canonicalize_name(name) for module in imported() for name in modules.get(module, (module,))}
    assert direct - used - NOT_IMPORTED.keys() == set(), "not used"
    assert used - direct - EXPLAINED.keys() == set(), "used, and only there because something else needs it"
    assert NOT_IMPORTED.keys() <= direct


def test_what_is_installed_is_what_is_locked() -> None:
    locked = {(package["name"], package["version"]) for package in LOCKED}
    installed = {(name, distribution.version) for name, distribution in runtime().items()}
    assert installed - locked == set()


def licences(distribution: metadata.Distribution) -> Iterator[str]:
    """Each licence that a package names and that is not known to be fine; a package that names none is not fine."""
    said = distribution.metadata
    expression = said.get("License-Expression") or ""
    classifiers = [
        name.rpartition(" :: ")[2] for name in said.get_all("Classifier") or () if name.startswith("License ::")
    ]
    plain = (said.get("License") or "").strip()
    if expression:
        words = re.split(r"\s+(?:AND|OR)\s+|[()]", expression)
        yield from (word for word in words if word and not ALLOWED.fullmatch(word))
    elif classifiers:
        yield from set(classifiers) - ALLOWED_CLASSIFIERS
    elif not ALLOWED.fullmatch(plain):
        yield plain or "none named"


def test_every_licence_of_what_people_run_is_allowed() -> None:
    doubtful = {name: found for name, each in runtime().items() if (found := list(licences(each)))}
    assert doubtful.keys() - LICENCES_BY_HAND.keys() == set(), doubtful
    assert LICENCES_BY_HAND.keys() <= doubtful.keys(), "an exception that nobody needs"


def noted_exceptions() -> Iterator[tuple[str, str]]:
    """Where a security rule of the linter is switched off for a line, and what stands behind it."""
    for folder in ("designchord", "scripts"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in {".py", ""} and "node_modules" not in path.parts:
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    if found := re.search(r"# noqa: [A-Z0-9, ]*\bS\d+[A-Z0-9, ]*(.*)", line):
                        yield f"{path.relative_to(ROOT)}:{number}", found[1]


def test_every_exception_to_a_security_rule_says_why() -> None:
    silent = [place for place, reason in noted_exceptions() if not reason.strip(" -()")]
    assert silent == []


def test_the_security_rules_are_on_for_all_that_people_run() -> None:
    lint = PROJECT["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    assert not [rule for rule in lint["ignore"] if re.fullmatch(r"S\d*", rule)]
    excepted = {
        path for path, rules in lint["per-file-ignores"].items() if any(re.fullmatch(r"S\d*", r) for r in rules)
    }
    assert excepted == {"tests/**", "bench/**"}


@pytest.mark.parametrize(
    ("said", "code", "ends", "told"),
    [
        ("No known vulnerabilities found", 0, 0, "no known weakness"),
        ("Found 2 known vulnerabilities in 1 package", 1, 1, "make lock"),
        ("ERROR:pip_audit._cli:amqp: Dependency not found on PyPI and could not be audited: amqp", 1, 2, "internet"),
        ("requests.exceptions.ConnectionError: Max retries exceeded", 1, 2, "internet"),
        ("error: Failed to fetch pip-audit", 2, 2, "internet"),
    ],
)
def test_an_audit_says_whether_anything_is_known(tmp_path: Path, said: str, code: int, ends: int, told: str) -> None:
    stand_in = tmp_path / "uv"
    stand_in.write_text(f'#!/bin/sh\n[ "$1" = export ] && exit 0\necho "{said}" >&2\nexit {code}\n')
    stand_in.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run([ROOT / "scripts" / "audit"], capture_output=True, text=True, env=environ, check=False)
    assert done.returncode == ends
    assert told in (done.stdout + done.stderr).splitlines()[-1]


@pytest.mark.parametrize(
    ("listed", "ends", "told"),
    [
        ("as pinned", 0, "listed."),
        ("Tags: 99.1.2, 99.1", 1, "no longer listed"),
        (None, 2, "nothing is known"),
    ],
)
def test_an_audit_says_whether_images_are_still_offered(
    tmp_path: Path, listed: str | None, ends: int, told: str
) -> None:
    named = re.findall(r"^(?:FROM|\s*image:)\s+([a-z]+):([\w.-]+)", _pinning_files(), re.MULTILINE)
    for name, tag in named:
        if listed is not None:
            text = f"Tags: {tag}, {tag}-more\n" if listed == "as pinned" else f"{listed}\n"
            (tmp_path / name).write_text(text)
    environ = {"PATH": "/usr/bin:/bin", "OFFICIAL_IMAGES": tmp_path.as_uri()}
    done = subprocess.run([ROOT / "scripts" / "audit-images"], capture_output=True, text=True, env=environ, check=False)
    assert (done.returncode, done.stderr) == (ends, "")
    assert {name for name, _ in named} - {"designchord"} == set(
        re.findall(r"^audit: (\w+):", done.stdout, re.MULTILINE)
    )
    assert all(told in line for line in done.stdout.splitlines())


def _pinning_files() -> str:
    return (ROOT / "compose.yaml").read_text() + (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize(
    ("found", "ends", "told"),
    [
        ('{"vulnerabilities": {}}', 0, "no known weakness"),
        ('{"vulnerabilities": {"dompurify": {"range": "<3.2", "severity": "high"}}}', 1, "dompurify <3.2: high"),
        ("npm error audit endpoint returned an error", 2, "nothing is known"),
    ],
)
def test_an_audit_says_what_is_known_of_vendored_javascript(tmp_path: Path, found: str, ends: int, told: str) -> None:
    stand_in = tmp_path / "npm"
    stand_in.write_text(f"#!/bin/sh\n[ \"$1\" = install ] && exit 0\necho '{found}'\n")
    stand_in.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run([ROOT / "scripts" / "audit-javascript"], capture_output=True, text=True, env=environ)
    assert done.returncode == ends
    assert told in done.stdout
