"""Podman with a store of its own, and ``compose.yaml`` as its options.

Images and containers of whoever uses this machine are neither seen nor changed. The options are read from compose.yaml
each time, so what is tried is what is described.
"""

from __future__ import annotations

import hashlib
import os
import re
import resource
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import yaml

ROOT = Path(__file__).resolve().parents[2]

#: What a service of compose.yaml may say here. Anything else would be described and never tried.
_UNDERSTOOD = {
    "build", "image", "restart", "read_only", "tmpfs", "cap_drop", "security_opt", "volumes", "env_file", "environment",
    "command", "ports", "stop_grace_period", "deploy", "depends_on", "healthcheck",
}  # fmt: skip


class Engine:
    """Commands of podman. As a context manager it leaves no container and no volume behind; images stay."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Sockets are here, and their names must be short.
        short = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        self._state = Path(os.environ.get("XDG_RUNTIME_DIR", "/run")) / f"designchord-image-{short}"
        self._runtime = ["--runtime", "runc"] if shutil.which("runc") else []

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._forget()
        return self

    def __exit__(self, *_: object) -> None:
        self._forget()

    def command(self, *arguments: str) -> list[str]:
        return [
            "podman", "--log-level", "error", "--root", str(self._folder / "storage"),
            "--runroot", str(self._state / "run"), "--tmpdir", str(self._state / "state"), *self._runtime, *arguments,
        ]  # fmt: skip

    def run(self, *arguments: str, given: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(self.command(*arguments), input=given, capture_output=True, text=True, cwd=ROOT)
        if check and done.returncode:
            raise RuntimeError(f"podman {arguments[0]} ended with {done.returncode}:\n{done.stderr or done.stdout}")
        return done

    def says(self, *arguments: str) -> str:
        return self.run(*arguments).stdout.strip()

    def logged(self, log: Path, *arguments: str) -> str:
        """Run with the output in a file, and return it."""
        with log.open("w+") as output:
            done = subprocess.run(self.command(*arguments), stdout=output, stderr=subprocess.STDOUT, cwd=ROOT)
            output.seek(0)
            text = output.read()
        if done.returncode:
            raise RuntimeError(f"podman {arguments[0]} ended with {done.returncode}; its last words:\n{text[-3000:]}")
        return text

    def has(self, image: str) -> bool:
        return self.run("image", "exists", image, check=False).returncode == 0

    def clear(self) -> None:
        """Forget the images too."""
        # `system reset` would forget networks and virtual machines of this user's own podman, too.
        self.run("rmi", "--all", "--force", check=False)
        for folder in (self._folder / "storage", self._state):
            shutil.rmtree(folder, ignore_errors=True)

    def _forget(self) -> None:
        self.run("rm", "--all", "--force", "--time", "1", check=False)
        self.run("volume", "prune", "--force", check=False)


def services(environ: Mapping[str, str], file: Path = ROOT / "compose.yaml") -> dict[str, dict[str, Any]]:
    """The services of compose.yaml that run the image, with their variables filled in as compose does."""
    described = yaml.safe_load(file.read_text(encoding="utf-8"))["services"]
    ours = {name: _filled(service, environ) for name, service in described.items() if "build" in service}
    for name, service in ours.items():
        if unknown := set(service) - _UNDERSTOOD:
            raise RuntimeError(
                f"compose.yaml says {', '.join(sorted(unknown))} of {name}: teach tests/image what it means"
            )
    return ours


def options(service: Mapping[str, Any], *, keeps: bool) -> list[str]:
    """Podman's options for what a service of compose.yaml says. ``keeps``: it goes on running, and comes back."""
    # What podman adds is taken away: more folders to write to, timers of systemd, limits that may not be had here.
    found = ["--read-only-tmpfs=false", "--no-healthcheck", "--systemd=false", *_ulimits()]
    found += ["--read-only"] * bool(service.get("read_only"))
    for name, option in (("tmpfs", "--tmpfs"), ("cap_drop", "--cap-drop"), ("volumes", "--volume")):
        found += [word for value in service.get(name, ()) for word in (option, value)]
    for value in service.get("security_opt", ()):
        found += ["--security-opt", value.removesuffix(":true")]
    for name, value in service.get("environment", {}).items():
        found += ["--env", f"{name}={value}"]
    limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
    for name, option in (("memory", "--memory"), ("pids", "--pids-limit")):
        found += [option, str(limits[name]).lower()] if name in limits else []
    found += ["--stop-timeout", str(seconds(service["stop_grace_period"]))] if "stop_grace_period" in service else []
    return [*found, "--restart", service["restart"]] if keeps else found


def _ulimits() -> list[str]:
    """As many open files and processes as this machine allows; podman would ask for more, and may be refused."""
    files, processes = (resource.getrlimit(which)[1] for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC))
    numbers = int(Path("/proc/sys/kernel/pid_max").read_text(encoding="ascii"))
    processes = numbers if processes == resource.RLIM_INFINITY else min(processes, numbers)
    return ["--ulimit", f"nofile={files}:{files}", "--ulimit", f"nproc={processes}:{processes}"]


def probe_of(service: Mapping[str, Any]) -> Sequence[str]:
    """The command of its health check."""
    kind, *words = service["healthcheck"]["test"]
    return words if kind == "CMD" else ["sh", "-c", *words]


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def _filled(value: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, environ) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, environ) for inner in value]
    if not isinstance(value, str):
        return value
    return re.sub(r"\$\{(\w+)(:[-?])?([^}]*)\}", lambda found: _variable(found, environ), value).replace("$$", "$")


def _variable(found: re.Match[str], environ: Mapping[str, str]) -> str:
    name, operator, rest = found.groups()
    if value := environ.get(name):
        return value
    if operator == ":?":
        raise RuntimeError(f"{name}: {rest}")
    return rest if operator == ":-" else ""
