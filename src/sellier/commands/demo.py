"""Run the demo: the database, the sandbox, the worker and the web, each its own process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from types import FrameType
from typing import Final
from urllib.parse import urlsplit

import typer
from rich.console import Console

from sellier.commands.demo_home import has_orders, is_prepared, sign_ins
from sellier.infra import postgres
from sellier.infra import settings as configuration
from sellier.infra.settings import Settings
from sellier.migrations.current import is_current

console = Console(highlight=False)

READY_SECONDS: Final = 60
STOP_SECONDS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process of the demo."""

    name: str
    process: subprocess.Popen[bytes]


class Stopped(Exception):
    """Somebody asked the demo to end."""


def demo() -> None:
    """Serve the demo group at http://127.0.0.1:8000 until stopped."""
    settings = configuration.from_environment()
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, _stop)
    parts: list[Part] = []
    buying: Part | None = None
    with postgres.running(settings) as database:
        try:
            # Its own process: what importing needs of memory goes with it.
            if not is_prepared(settings):
                subprocess.run(_command("demo-data"), check=True)
            elif not is_current(database):
                subprocess.run(_command("migrate"), check=True)
            parts += [_start(command) for command in _parts(settings)]
            _wait_until_ready(settings, parts)
            _welcome(settings)
            # Beside the others: whoever looks in meanwhile sees customers come.
            buying = None if has_orders(settings) else _start(("demo-orders", "--once"))
            _watch(parts)
        except (Stopped, subprocess.CalledProcessError):
            pass
        finally:
            _end([*parts, *([buying] if buying else [])])


def _command(*words: str) -> Sequence[str]:
    return [sys.executable, "-m", "sellier.cli", *words]


def _parts(settings: Settings) -> Sequence[Sequence[str]]:
    """Say how each part is started, at the addresses that the settings name."""
    payments, mail, web = (
        str(urlsplit(url).port) for url in (settings.payments_url, settings.smtp_url, settings.url)
    )
    return (
        ("serve", "--port", web),  # the slowest to start goes first
        ("sandbox", "--port", payments, "--smtp-port", mail),
        ("worker",),
    )


def _start(command: Sequence[str]) -> Part:
    # A session of its own: an interrupt typed here is ours alone, and we end parts in order.
    process = subprocess.Popen(_command(*command), start_new_session=True, env=os.environ)
    return Part(name=command[0], process=process)


def _wait_until_ready(settings: Settings, parts: Sequence[Part]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _check_alive(parts)
        if _is_ready(settings.url):
            return
        time.sleep(0.05)
    raise typer.Exit(1)


def _is_ready(url: str) -> bool:
    web = urlsplit(url)
    connection = HTTPConnection(web.hostname or "", web.port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _watch(parts: Sequence[Part]) -> None:
    while True:
        _check_alive(parts)
        time.sleep(1)


def _check_alive(parts: Sequence[Part]) -> None:
    for part in parts:
        if part.process.poll() is not None:
            console.print(f"[red]{part.name} ended by itself[/] ({part.process.returncode})")
            raise typer.Exit(1)


def _end(parts: Sequence[Part]) -> None:
    for part in reversed(parts):
        part.process.terminate()
    for part in parts:
        try:
            part.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            part.process.kill()


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def _welcome(settings: Settings) -> None:
    url = settings.url
    console.print()
    console.print("  [bold]Sellier[/] serves the demo group")
    console.print()
    addresses = (
        ("Store", f"{url}/"),
        ("Boutique app", f"{url}/boutique"),
        ("Studio", f"{url}/studio"),
        ("API", f"{url}/api/docs"),
        ("Mail it sent", f"{settings.payments_url}/mail"),
        ("Payments", f"{settings.payments_url}/"),
        ("Parcels", settings.carrier_address),
    )
    for name, address in addresses:
        console.print(f"  {name:<14}{address}")
    console.print()
    staff = sign_ins(settings)
    for member in staff:
        console.print(f"  {member.role:<14}{member.email}")
    console.print(f"  {'password':<14}{staff[0].password}")
    console.print()
    console.print("  Ctrl+C ends it; everything is kept in", str(settings.home))
