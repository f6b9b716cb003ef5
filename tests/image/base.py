"""The base of the image: the official one where it can be pulled, else one made here of Debian and a Python.

A base that was made here is another one: its Python has another patch version, and was built by somebody else.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.image.engine import ROOT, Engine

#: What the official image brings, besides what its Python needs.
_PACKAGES = ("ca-certificates", "netbase", "tzdata")
_MADE_HERE = "designchord.made-here"


def official() -> str:
    found = re.search(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


def base(engine: Engine, folder: Path, kind: str, say: Callable[[str], None]) -> str:
    """See to it that the Dockerfile's base is in the store; what it is, in words. ``kind``: auto, pull or make."""
    name = f"docker.io/library/{official()}"
    if engine.has(name):
        made = engine.says("image", "inspect", "--format", f'{{{{index .Labels "{_MADE_HERE}"}}}}', name)
        if (made and kind != "pull") or (not made and kind != "make"):
            return f"{made}, by an earlier run" if made else f"the official {official()}"
    if kind != "make":
        pulled = engine.run("pull", "--quiet", name, check=False)
        if pulled.returncode == 0:
            return f"the official {official()}"
        if kind == "pull":
            raise RuntimeError(f"{official()} cannot be pulled:\n{pulled.stderr}")
        say(f"The official {official()} cannot be pulled from here, so a base is made, which takes some minutes …")
    return _make(engine, folder, name)


def _make(engine: Engine, folder: Path, name: str) -> str:
    suite = name.rpartition("-")[2]
    python = _python()
    version = _answer(python, "import platform; print(platform.python_version())")
    described = f"made here of Debian {suite} and Python {version}, in place of {official()}"
    tree = folder / "base"
    shutil.rmtree(tree, ignore_errors=True)
    try:
        libraries = _packages_of(python, suite)
        _run("debootstrap", "--variant=minbase", f"--include={','.join((*_PACKAGES, *libraries))}", suite, str(tree))
        _copy_python(python, tree / "usr" / "local")
        _run("chroot", str(tree), "ldconfig")
        _run("chroot", str(tree), "/usr/local/bin/python3", "-m", "ensurepip", "--default-pip")
        shutil.rmtree(tree / "var" / "cache" / "apt", ignore_errors=True)
        shutil.rmtree(tree / "var" / "lib" / "apt" / "lists", ignore_errors=True)
        archive = folder / "base.tar"
        _run("tar", "--create", "--file", str(archive), "--directory", str(tree), ".")
        path = "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
        engine.run(
            "import", "--change", f"ENV {path}", "--change", f'LABEL {_MADE_HERE}="{described}"', str(archive), name
        )
        archive.unlink()
    finally:
        shutil.rmtree(tree, ignore_errors=True)
    return described


def _python() -> Path:
    found = subprocess.run([str(ROOT / "scripts" / "image-python")], capture_output=True, text=True, cwd=ROOT)
    if found.returncode:
        raise RuntimeError(found.stderr.strip())
    return Path(found.stdout.strip())


def _packages_of(python: Path, suite: str) -> list[str]:
    """The Debian packages with the libraries that a Python of this machine was built against."""
    here = dict(re.findall(r'^(\w+)="?([^"\n]*)', Path("/etc/os-release").read_text(encoding="utf-8"), re.MULTILINE))
    if here.get("VERSION_CODENAME") != suite:
        raise RuntimeError(f"A base can be made on Debian {suite} alone, with the libraries that its Python needs.")
    modules = Path(_answer(python, "import sysconfig; print(sysconfig.get_path('platstdlib'))")) / "lib-dynload"
    files = [str(python.resolve()), *(str(file) for file in modules.glob("*.so") if "tkinter" not in file.name)]
    linked = subprocess.run(["ldd", *files], capture_output=True, text=True, check=True)
    libraries = set(re.findall(r"=> (?:/usr)?(/lib/\S+)", linked.stdout))
    # /lib is a link to /usr/lib, and packages know their files under either; the other one is not found.
    paths = [f"{prefix}{library}" for library in sorted(libraries) for prefix in ("", "/usr")]
    owned = subprocess.run(["dpkg-query", "--search", *paths], capture_output=True, text=True)
    return sorted({line.partition(":")[0] for line in owned.stdout.splitlines()})


def _copy_python(python: Path, to: Path) -> None:
    prefix = Path(_answer(python, "import sys; print(sys.base_prefix)"))
    version = _answer(python, "import sys; print('%d.%d' % sys.version_info[:2])")
    left_out = shutil.ignore_patterns("site-packages", "test", "__pycache__", "*.a", "config-*", "idlelib", "*tkinter*")
    shutil.copytree(
        prefix / "lib" / f"python{version}", to / "lib" / f"python{version}", symlinks=True, ignore=left_out
    )
    (to / "lib" / f"python{version}" / "site-packages").mkdir()
    for library in (prefix / "lib").glob("libpython*.so*"):
        shutil.copy2(library, to / "lib", follow_symlinks=False)
    shutil.copy2((prefix / "bin" / f"python{version}").resolve(), to / "bin" / f"python{version}")
    for link in ("python", "python3"):
        (to / "bin" / link).symlink_to(f"python{version}")


def _answer(python: Path, program: str) -> str:
    return subprocess.run([str(python), "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{(done.stderr or done.stdout)[-2000:]}")
