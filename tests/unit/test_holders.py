"""A lease's holder is taken for dead only where its death can be seen."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from designchord.runtime.holders import holder_is_dead, holder_name

NAMING = "from designchord.runtime.holders import holder_name; print(holder_name(), flush=True); input()"


def began(*before: str) -> tuple[subprocess.Popen[str], str]:
    """A process that waits for a line, and its name as a holder."""
    process = subprocess.Popen(
        [*before, sys.executable, "-c", NAMING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_a_process_is_dead_when_it_has_ended_and_not_before() -> None:
    process, name = began()

    assert not holder_is_dead(name)
    process.communicate("\n")
    assert holder_is_dead(name)


def test_a_killed_process_is_dead_before_its_parent_has_noticed() -> None:
    process, name = began()
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    assert holder_is_dead(name)
    process.communicate()


def test_this_process_lives() -> None:
    assert not holder_is_dead(holder_name())


def test_another_process_with_the_number_of_a_dead_one_does_not_keep_it_alive() -> None:
    name, _, moment = holder_name().rpartition("/")

    assert holder_is_dead(f"{name}/{int(moment) - 1}")


def test_processes_of_another_start_of_the_machine_are_not_judged() -> None:
    process, name = began()
    process.communicate("\n")
    _, _, rest = name.partition("/")

    assert not holder_is_dead(f"00000000-0000-4000-8000-000000000000/{rest}")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a PID namespace")
@pytest.mark.parametrize("proc", [["--mount-proc"], []], ids=["own /proc", "the parent's /proc"])
def test_processes_of_another_namespace_are_not_judged(proc: list[str]) -> None:
    process, name = began("unshare", "--pid", "--fork", "--kill-child", *proc)

    assert not holder_is_dead(name)
    process.communicate("\n")
    assert not holder_is_dead(name)


@pytest.mark.parametrize("name", ["", "test", "here/1", "machine/4026531836/x/y", "unknown/5", "//1/1"])
def test_names_of_other_forms_are_not_judged(name: str) -> None:
    assert not holder_is_dead(name)
