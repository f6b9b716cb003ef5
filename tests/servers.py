"""Private RabbitMQ, Redis and PostgreSQL on free ports of 127.0.0.1, in folders of their own.

Nothing is left behind, also when the process that started them is killed: see ``tests/keeper.py``. Servers that
happen to run on this machine are not touched.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Self

from tests.keeper import descendants

ROOT = Path(__file__).resolve().parents[1]
KEEPER = ROOT / "tests" / "keeper.py"
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
POSTGRES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/lib/postgresql/none"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(ready: Callable[[], object], seconds: float, what: str) -> None:
    """Poll until ``ready`` is true; ``AssertionError`` that names ``what`` after ``seconds``.

    Whatever ``ready`` raises counts as not yet, but for ``RuntimeError``: there is nothing more to wait for.
    """
    until = time.monotonic() + seconds
    last: BaseException | None = None
    while time.monotonic() < until:
        try:
            if ready():
                return
        except RuntimeError:
            raise
        except Exception as error:  # noqa: BLE001 - said when the time is over
            last = error
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds:g} s") from last


class Kept:
    """A process that ends with this one; its output goes to ``log``."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        end: str = "KILL",
        grace: float = 5.0,
        remove: Path | None = None,
    ) -> None:
        self.log = log
        self._grace = grace
        options = ["--end", end, "--grace", str(grace), *(("--remove", str(remove)) if remove else ())]
        with log.open("ab") as output:
            self._keeper = subprocess.Popen(
                [sys.executable, str(KEEPER), *options, "--", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                env=dict(os.environ if env is None else env),
                cwd=ROOT,
                start_new_session=True,
            )
        assert self._keeper.stdout is not None
        first = self._keeper.stdout.readline().split()
        if first[:1] != [b"pid"]:
            raise RuntimeError(f"{command[0]} could not be started: see {log}")
        self.pid = int(first[1])
        self.returncode: int | None = None
        self._listener = threading.Thread(target=self._listen, args=(self._keeper.stdout,), daemon=True)
        self._listener.start()

    def _listen(self, output: IO[bytes]) -> None:
        with output:
            for line in output:
                word, _, number = line.decode().partition(" ")
                if word == "exit":
                    self.returncode = int(number)

    def alive(self) -> bool:
        return self.returncode is None and self._keeper.poll() is None

    def signal(self, number: int) -> None:
        """Send a signal to the process and to everything below it."""
        for pid in [self.pid, *descendants(self.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def wait(self, seconds: float) -> int:
        wait_until(lambda: self.returncode is not None, seconds, f"the end of process {self.pid}")
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        """``kill -9`` of the whole tree, which is then gone."""
        self.signal(signal.SIGKILL)
        self.wait(10)
        self.end()

    def end(self) -> None:
        """End it in the way chosen at its start, and everything it started; its folder stays."""
        assert self._keeper.stdin is not None
        if not self._keeper.stdin.closed:
            with contextlib.suppress(OSError):
                self._keeper.stdin.write(b"k")
                self._keeper.stdin.close()
        self._keeper.wait(self._grace + 15)
        self._listener.join(5)


class Server:
    """One kind of server in a folder of its own; a context manager. ``stop`` and ``start`` keep its data."""

    ends_by = "KILL"
    starts_within = 90.0

    def __init__(self, folder: Path | None = None) -> None:
        name = type(self).__name__.lower()
        self._own = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix=f"designchord-{name}-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.port = free_port()
        self.process: Kept | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._own:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        self.process = Kept(
            self.command(),
            log=self.folder / "output.log",
            env=self.environment(),
            end=self.ends_by,
            remove=self.folder if self._own else None,
        )
        wait_until(self._answers, self.starts_within, f"{type(self).__name__} answering")

    def stop(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.end()

    def kill(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()

    def restart(self) -> None:
        self.kill()
        self.start()

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}

    def answers(self) -> bool:
        raise NotImplementedError

    def _answers(self) -> bool:
        if self.process is None or not self.process.alive():
            raise RuntimeError(f"{type(self).__name__} ended: see {self.folder}/output.log")
        return self.answers()


class Redis(Server):
    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        options = {"--port": str(self.port), "--bind": "127.0.0.1", "--save": "", "--dir": str(self.folder)}
        return ["redis-server", *(word for pair in options.items() for word in pair)]

    def answers(self) -> bool:
        with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(5) == b"+PONG"


class PostgreSQL(Server):
    """Runs as ``nobody`` when started by root, because PostgreSQL refuses root."""

    ends_by = "INT"
    user = "designchord"

    def url_of(self, database: str) -> str:
        return f"postgres://{self.user}@127.0.0.1:{self.port}/{database}"

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def start(self) -> None:
        data = self.folder / "data"
        if not data.exists():
            if os.geteuid() == 0:
                shutil.chown(self.folder, "nobody", "nogroup")
            subprocess.run(
                [
                    *self._mildly(), str(POSTGRES / "initdb"), "--no-sync", "-A", "trust", "-U", self.user,
                    "-E", "UTF8", "--locale", "C.UTF-8", "-D", str(data),
                ],
                env=self.environment(), cwd=self.folder, check=True, capture_output=True,
            )  # fmt: skip
        super().start()

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "dynamic_shared_memory_type": "mmap",
            "max_connections": "100",
            "fsync": "off",  # survives the death of the server, and of the machine nobody dies here
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [*self._mildly(), str(POSTGRES / "postgres"), "-D", str(self.folder / "data"), *options]

    def answers(self) -> bool:
        import psycopg

        with psycopg.connect(self.url, connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)

    def create_database(self, name: str) -> str:
        """A new empty database; its URL."""
        self.execute(f'CREATE DATABASE "{name}"')
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def execute(self, statement: str, database: str = "postgres") -> list[Any]:
        import psycopg

        with psycopg.connect(self.url_of(database), autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def _mildly(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


class RabbitMQ(Server):
    """The broker without plugins, with a node name, cookie and port mapper of its own."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(folder)
        self._distribution, self._mapper = free_port(), free_port()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def command(self) -> list[str]:
        return [str(RABBITMQ)]

    def environment(self) -> dict[str, str]:
        folder = str(self.folder)
        plugins, settings = self.folder / "enabled_plugins", self.folder / "rabbitmq.conf"
        plugins.write_text("[].\n")
        settings.write_text("loopback_users.guest = true\ndisk_free_limit.absolute = 50MB\n")
        return super().environment() | {
            "RABBITMQ_NODENAME": "designchord@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "ERL_EPMD_PORT": str(self._mapper),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{folder}/generated",
            "RABBITMQ_CONFIG_FILE": str(settings),
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/none",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            # Few schedulers that do not spin: a test machine has other things to do.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"
            ),
        }

    def answers(self) -> bool:
        import amqp

        connection = amqp.Connection(f"127.0.0.1:{self.port}", connect_timeout=2, read_timeout=2)
        connection.connect()
        connection.close()
        return True
