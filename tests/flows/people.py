"""People with accounts on a server of the test's own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx2

from tests.commands import designchord
from tests.flows.serving import Client, serving

PASSWORD = "three green umbrellas"


@contextmanager
def serving_people(
    home: Path, *names: str, program: Sequence[str] = ("-m", "designchord"), **environ: str
) -> Iterator[str]:
    """The address of a server with accounts for these names."""
    environ = {"DESIGNCHORD_ACCOUNTS": "on", "DESIGNCHORD_SIGN_INS_PER_MINUTE": "1000", **environ}
    add_people(home, *names)
    with serving(home, program=program, **environ) as address:
        yield address


_ADD = """
import sys
from designchord import wiring
wiring.setup(); wiring.prepare_database()
from designchord.designs.services.accounts import owner_create
for name in sys.argv[2:]:
    owner_create(name=name, password=sys.argv[1])
"""


def add_people(home: Path, *names: str) -> None:
    environ = {"DESIGNCHORD_HOME": str(home), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", _ADD, PASSWORD, *names], check=True, env=environ)


def operate(home: Path, *arguments: str, told: str = "", code: int = 0, **environ: str) -> str:
    """Run a command as an operator; its output."""
    environ = {"DESIGNCHORD_HOME": str(home), "PATH": "/usr/bin:/bin", **environ}
    done = designchord(*arguments, text=told, env=environ)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


class Person(Client):
    """A browser: it keeps cookies, and its pages carry the token against forged requests."""

    def __enter__(self) -> Self:
        self.http.follow_redirects = False
        return self

    def form(self, page: str, **fields: str) -> httpx2.Response:
        """Open a page and send its form."""
        found = self.http.get(f"{self.address}{page}")
        return self.send(found, page, **fields)

    def send(
        self, page: httpx2.Response, path: str, *, headers: dict[str, str] | None = None, **fields: str
    ) -> httpx2.Response:
        hidden = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert hidden, page.text
        data = {"csrfmiddlewaretoken": hidden[1], **fields}
        return self.http.post(f"{self.address}{path}", data=data, headers=headers)

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx2.Response:
        answer = self.form("/sign-in/", username=name, password=password)
        if answer.status_code == 302:
            self.read_token()
        return answer

    def read_token(self) -> None:
        """Send with every request what the page's modules would send."""
        start = self.http.get(f"{self.address}/").text
        found = re.search(r'name="csrf-token" content="([^"]+)"', start)
        assert found, start
        self.http.headers["X-CSRFToken"] = found[1]

    def sign_out(self) -> None:
        page = self.http.get(f"{self.address}/account/")
        assert self.send(page, "/sign-out/").status_code == 302

    def make_token(self, **wish: Any) -> dict[str, Any]:
        answer = self.http.post("/tokens", json={"name": "test", "scope": "write", **wish})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


@contextmanager
def signed_in(address: str, name: str) -> Iterator[Person]:
    with Person(address) as person:
        assert person.sign_in(name).status_code == 302
        yield person


@contextmanager
def bearing(address: str, token: str) -> Iterator[Client]:
    """A program with a token."""
    with Client(address) as client:
        client.http.headers["Authorization"] = f"Bearer {token}"
        yield client
