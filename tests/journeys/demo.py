"""The whole demo on ports of its own, started and stopped as a person would."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from sellier.commands.demo_home import mark_orders, sign_ins
from sellier.infra.settings import Settings

START_SECONDS: Final = 150  # the first start imports everything; a busy machine needs patience
STOP_SECONDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running demo: where it is, who may sign in, and how long it took to come up."""

    url: str
    payments_url: str
    home: Path
    password: str
    pid: int
    seconds: float

    def mails(self, to: str) -> list[dict[str, str]]:
        """Return the mails that one address got, newest first."""
        answer = httpx.get(f"{self.payments_url}/mail.json", params={"to": to})
        found: list[dict[str, str]] = answer.json()
        return found


def free_ports(number: int) -> list[int]:
    """Find ports that nobody uses, all different."""
    opened = [socket.socket() for _ in range(number)]
    for one in opened:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in opened]
    for one in opened:
        one.close()
    return ports


@contextmanager
def running(home: Path) -> Iterator[Demo]:
    """Start `sellier demo` in a home and end it; fails when something of it stays behind."""
    web, payments, mail = free_ports(3)
    settings = Settings(
        home=home,
        url=f"http://127.0.0.1:{web}",
        payments_url=f"http://127.0.0.1:{payments}",
        smtp_url=f"smtp://127.0.0.1:{mail}",
    )
    log = home.with_suffix(".log")
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sellier.cli", "demo"],
            env=_environment(settings),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(settings.url, process, log)
        yield Demo(
            url=settings.url,
            payments_url=settings.payments_url,
            home=home,
            password=sign_ins(settings)[0].password,
            pid=process.pid,
            seconds=time.monotonic() - began,
        )
    finally:
        family = set(descendants(process.pid))
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        left = _left(family | {process.pid}, home)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    assert not left, f"{len(left)} processes stayed behind: {left}"


@contextmanager
def temporary_home() -> Iterator[Path]:
    """Give a folder that the embedded server's own user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="sellier-journeys-"))
    folder.chmod(0o755)
    home = folder / "home"
    home.mkdir(mode=0o755)
    # Journeys buy the pieces that they look for: no other customer may be quicker.
    mark_orders(Settings(home=home))
    try:
        yield home
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def descendants(pid: int) -> Iterator[int]:
    """Return every process below one, itself left out."""
    for child, (parent, _) in processes().items():
        if parent == pid:
            yield child
            yield from descendants(child)


def processes() -> Mapping[int, tuple[int, str]]:
    """List what runs on this machine: parent and command by process id."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return {int(row[0]): (int(row[1]), row[2] if len(row) > 2 else "") for row in rows}


def _environment(settings: Settings) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SELLIER_")}
    return kept | {
        "SELLIER_HOME": str(settings.home),
        "SELLIER_URL": settings.url,
        "SELLIER_PAYMENTS_URL": settings.payments_url,
        "SELLIER_SMTP_URL": settings.smtp_url,
    }


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the demo ended by itself:\n{log.read_text()[-2000:]}"
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/health/ready", timeout=2).is_success:
                return
        time.sleep(0.05)
    raise AssertionError(f"the demo did not come up:\n{log.read_text()[-2000:]}")


def _left(family: set[int], home: Path) -> list[int]:
    """Say which processes still run a moment after the end: of the family, or using its home."""
    deadline = time.monotonic() + 5
    while True:
        seen = {pid: args for pid, (_, args) in processes().items() if "<defunct>" not in args}
        left = [pid for pid, args in seen.items() if pid in family or str(home) in args]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.2)
