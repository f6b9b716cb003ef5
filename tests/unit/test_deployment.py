"""The containers' description, as far as it can be checked without an engine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from designchord.settings import Limits, Settings, nobody_reads
from designchord.worker import EXIT_SECONDS
from tests.flows.serving import serving
from tests.image.engine import options, probe_of, services
from tests.servers import wait_until

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PINNED = re.compile(r"^[a-z]+:\d+\.\d+(\.\d+)?(-[a-z]+)*(@sha256:[0-9a-f]{64})?$")
MANIFESTS = [
    manifest
    for file in sorted((ROOT / "kubernetes").glob("*.yaml"))
    for manifest in yaml.safe_load_all(file.read_text())
    if manifest["kind"] != "Kustomization"
]

SERVICES = sorted(COMPOSE["services"].items())


@pytest.mark.parametrize(("name", "service"), SERVICES, ids=[name for name, _ in SERVICES])
def test_every_service_is_pinned_checked_and_not_root(name: str, service: dict[str, Any]) -> None:
    if service.get("build"):
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"]
    else:
        assert PINNED.match(service["image"])
        assert service["user"] != "root"
    assert "healthcheck" in service or service["restart"] == "on-failure"


def test_only_the_web_is_published_and_to_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in SERVICES if "ports" in service}

    assert published == {"web": ["127.0.0.1:8000:8000"]}


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "compose.yaml").read_text()

    for name in ("POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", "REDIS_PASSWORD", "DESIGNCHORD_SECRET_KEY"):
        assert set(re.findall(rf"\$\{{{name}[^}}]*\}}", text)) == {f"${{{name}:?set it in .env}}"}


def test_whatever_env_says_reaches_every_process_of_ours() -> None:
    for name, service in SERVICES:
        if "build" in service:
            assert service["env_file"] == [".env"], name
            overruled = {key for key, value in service["environment"].items() if not str(value).startswith("${")}
            assert overruled <= {
                "DESIGNCHORD_DATABASE_URL", "DESIGNCHORD_ENGINE_URL", "DESIGNCHORD_EVENTS_URL", "DESIGNCHORD_ALIVE_FILE"
            }, name  # fmt: skip
            # An empty default would overrule what .env says with nothing.
            assert not [value for value in service["environment"].values() if str(value).endswith(":-}")], name


def test_no_password_stands_in_an_address_or_on_a_command_line() -> None:
    for name, service in SERVICES:
        said = [str(value) for key, value in service.get("environment", {}).items() if key.endswith("_URL")]
        assert not [text for text in (*said, str(service.get("command", ""))) if "${" in text], name


@pytest.mark.parametrize("password", ["plain", "with 'quotes\" and \\n # / ? @ $HOME", "비밀 번호", "100%"])
@pytest.mark.servers
def test_redis_takes_any_password_and_nobody_without_it(tmp_path: Path, password: str) -> None:
    command = COMPOSE["services"]["redis"]["command"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    script = command[2].replace("$$", "$").replace("/data/", f"{tmp_path}/")
    script += f" --bind 127.0.0.1 --port {port} --dir {tmp_path}"
    environ = {"PATH": os.environ["PATH"], "REDIS_PASSWORD": password}
    asking = ["redis-cli", "-p", port, "ping"]
    with subprocess.Popen([*command[:2], script], env=environ, stdout=subprocess.DEVNULL) as server:
        try:
            known = environ | {"REDISCLI_AUTH": password}
            wait_until(lambda: subprocess.run(asking, env=known, capture_output=True).stdout == b"PONG\n", 10, "Redis")
            assert b"NOAUTH" in subprocess.run(asking, env=environ, capture_output=True).stdout
            assert password.encode() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()
        finally:
            server.terminate()


def test_workers_get_the_time_they_need_to_leave() -> None:
    grace = int(COMPOSE["services"]["worker"]["stop_grace_period"].rstrip("s"))
    assert grace > Limits().drain + EXIT_SECONDS


def test_compose_and_kubernetes_run_the_same_images() -> None:
    composed = {service["image"] for _, service in SERVICES if "build" not in service}
    orchestrated = {container["image"] for _, pod in pods() for container in pod["containers"]}
    assert orchestrated == composed | {"designchord"}


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    for manifest in MANIFESTS:
        if manifest["kind"] in {"Deployment", "StatefulSet"}:
            yield manifest["metadata"]["name"], manifest["spec"]["template"]["spec"]


def test_every_pod_is_bounded_watched_and_not_root() -> None:
    assert {name for name, _ in pods()} == {"web", "worker", "postgres", "rabbitmq", "redis"}
    for name, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert not pod["automountServiceAccountToken"], name
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            assert container["resources"]["limits"]["memory"], name
            assert container["securityContext"]["capabilities"]["drop"] == ["ALL"], name
        for container in pod["containers"]:
            assert "livenessProbe" in container, name


def test_what_runs_more_than_once_survives_a_drained_machine() -> None:
    kept = {each["metadata"]["name"] for each in MANIFESTS if each["kind"] == "PodDisruptionBudget"}
    assert kept == {"web", "worker"}
    scaled = next(each for each in MANIFESTS if each["kind"] == "HorizontalPodAutoscaler")
    metric = scaled["spec"]["metrics"][0]["external"]["metric"]["name"]
    assert metric in (ROOT / "docs" / "operations.md").read_text()


def test_probes_come_under_a_name_that_is_answered() -> None:
    allowed = next(each for each in MANIFESTS if each["kind"] == "ConfigMap")["data"]["DESIGNCHORD_ALLOWED_HOSTS"]
    web = dict(pods())["web"]["containers"][0]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert web[probe]["httpGet"]["httpHeaders"] == [{"name": "Host", "value": "web"}]
    assert "web" in allowed.split(",")


def test_settings_of_kubernetes_are_settings() -> None:
    data = next(each for each in MANIFESTS if each["kind"] == "ConfigMap")["data"]
    passwords = {f"DESIGNCHORD_{name}_PASSWORD": "any#thing" for name in ("DATABASE", "ENGINE", "EVENTS")}
    settings = Settings.from_environ(data | passwords)
    assert (settings.accounts, settings.https, settings.limits.usd_per_day) == (True, "proxy", 20.0)
    assert nobody_reads(data | passwords) == []


def test_settings_that_the_files_name_are_settings() -> None:
    files = [ROOT / "compose.yaml", ROOT / "Dockerfile", *(ROOT / "kubernetes").glob("*.yaml")]
    named = {name for file in files for name in re.findall(r"DESIGNCHORD_[A-Z_]*[A-Z]", file.read_text())}

    unknown = set(nobody_reads(dict.fromkeys(named, "")))
    assert unknown == set()


def test_pods_get_the_time_they_need_to_leave() -> None:
    assert dict(pods())["worker"]["terminationGracePeriodSeconds"] > Limits().drain + EXIT_SECONDS


def test_manifests_fit_the_schemas_of_kubernetes() -> None:
    validate = pytest.importorskip("kubernetes_validate").validate
    for manifest in MANIFESTS:
        validate(manifest, "1.37", strict=True)
    with pytest.raises(Exception, match="replica"):
        validate({**MANIFESTS[2], "spec": {**MANIFESTS[2]["spec"], "replica": 2}}, "1.37", strict=True)


def test_compose_fits_its_specification() -> None:
    read = pytest.importorskip("compose_spec").PyCompose.from_yaml
    read(yaml.safe_dump(COMPOSE)).validate()  # it knows no merge keys, which are unfolded here
    with pytest.raises(ValueError, match="helthcheck"):
        read(yaml.safe_dump({"services": {"web": {"image": "x", "helthcheck": {}}}}))


def test_the_dockerfile_has_no_bad_habits() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if hadolint is None:
        pytest.skip("hadolint is in the group `deployment`, which `make test` installs")
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
def test_who_watches_a_process_that_runs_steps_sees_that_it_lives(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    with serving(tmp_path / "home", DESIGNCHORD_ALIVE_FILE=str(alive), DESIGNCHORD_SWEEP_EVERY="0.2"):
        wait_until(alive.exists, 10, "a sign of life")
        alive.unlink()
        wait_until(alive.exists, 10, "another sign of life")


def test_the_image_is_pinned_and_ends_as_an_ordinary_user() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    instructions = [line.split()[0] for line in DOCKERFILE.splitlines() if re.match(r"[A-Z]+ ", line)]

    assert all(PINNED.match(base) for base in bases)
    assert re.search(r"^USER 10001$", DOCKERFILE, re.MULTILINE)
    assert instructions.index("USER") < instructions.index("CMD")
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / path).exists() for path in copied.split())


def test_every_setting_that_is_described_is_one() -> None:
    described = set(re.findall(r"DESIGNCHORD_[A-Z_]*[A-Z]", (ROOT / "docs" / "operations.md").read_text()))
    settings = (ROOT / "designchord" / "settings.py").read_text()
    known = set(re.findall(r"DESIGNCHORD_[A-Z_]*[A-Z]", settings))
    known |= {f"DESIGNCHORD_{name}" for name in re.findall(r'"([A-Z_]+)"', settings)}
    known |= {name.replace("_URL", "_PASSWORD") for name in known if name.endswith("_URL")}

    assert described <= known


SECRETS = dict.fromkeys(
    ("POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", "REDIS_PASSWORD", "DESIGNCHORD_SECRET_KEY"), "any # thing"
)


def test_the_trial_runs_the_image_with_what_compose_says() -> None:
    described = services(SECRETS | {"DESIGNCHORD_HTTPS": "proxy"})
    worker, web = (options(described[name], keeps=True) for name in ("worker", "web"))
    said = {f"{option} {value}" for option, value in pairwise(worker)}

    assert "--read-only" in worker
    assert said >= {
        "--tmpfs /tmp", "--cap-drop ALL", "--security-opt no-new-privileges", "--volume home:/var/lib/designchord",
        "--env DESIGNCHORD_CONCURRENCY=2048", "--env DESIGNCHORD_EVENTS_PASSWORD=any # thing", "--memory 768m",
        "--pids-limit 4096", "--stop-timeout 45", "--restart unless-stopped",
    }  # fmt: skip
    assert "DESIGNCHORD_HTTPS=proxy" in web
    assert "DESIGNCHORD_ALLOWED_HOSTS=127.0.0.1,localhost" in web
    assert probe_of(described["worker"]) == ["sh", "-c", "find /tmp/alive -mmin -2 | grep -q ."]
    assert "--restart" not in options(described["prepare"], keeps=False)


def test_what_the_trial_cannot_try_of_compose_is_said(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(yaml.safe_dump({"services": {"web": {**COMPOSE["services"]["web"], "privileged": True}}}))

    with pytest.raises(RuntimeError, match="privileged of web"):
        services(SECRETS, file)
    with pytest.raises(RuntimeError, match="REDIS_PASSWORD: set it"):
        services({**SECRETS, "REDIS_PASSWORD": ""})


def test_without_an_engine_the_image_is_not_tried_and_that_is_no_failure(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "test-image"), "--no-install"],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 77
    assert done.stdout.startswith("Not tried: this needs podman, ")
