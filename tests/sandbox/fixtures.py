"""A sandbox for any test: in process, or as the real service in a process of its own.

A folder of tests takes the fixture into its conftest.py:

    from tests.sandbox.fixtures import sandbox

    __all__ = ["sandbox"]

or starts one of its own, for another shop: `with running_sandbox(home, allowed_origins=[...])`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from sellier.sandbox.server import create_app
from sellier.sandbox.values import Settings

API_KEY = "key_for_tests"
NOTICE_SECRET = "whsec_dGhpcnR5LXR3byBieXRlcyBmb3IgdGVzdHMgb25seSE="
CARRIER_KEY = "key_of_the_carrier_for_tests"
CARRIER_SECRET = "whsec_b3RoZXIgdGhpcnR5LXR3byBieXRlcyBmb3IgdGVzdHM="
SHOP = "http://127.0.0.1:8000"

_START = (
    "import json, sys; from pathlib import Path; from sellier.sandbox.server import serve;"
    "from sellier.sandbox.values import Settings; given = json.loads(sys.argv[1]);"
    "settings = Settings(**given.pop('settings'));"
    "serve(home=Path(given.pop('home')), settings=settings, **given)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSandbox:
    """Where the sandbox listens, and what it shares with the shop."""

    url: str
    port: int
    smtp_port: int
    api_key: str
    notice_secret: str
    pid: int


def sandbox_settings(**changes: object) -> Settings:
    """Return settings with a default for everything; give only what the test is about."""
    given: dict[str, object] = {
        "api_key": API_KEY,
        "notice_secret": NOTICE_SECRET,
        "carrier_key": CARRIER_KEY,
        "carrier_secret": CARRIER_SECRET,
        "allowed_origins": (SHOP,),
        "public_url": "http://127.0.0.1:8002",
        "slow_s": 0.3,
        "hang_s": 3.0,
        "late_s": 0.3,
        "notice_after_s": 0.0,
        "notice_waits_s": (0.05, 0.1),
    }
    return Settings(**(given | changes))  # type: ignore[arg-type]  # checked by the dataclass call


def in_process(settings: Settings) -> httpx.ASGITransport:
    """Return a transport into a sandbox that lives in memory, in this very event loop."""
    # Litestar names the same ASGI callables with narrower types than httpx.
    return httpx.ASGITransport(create_app(settings))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningSandbox, None, None]:
    """A running provider and mail catcher, shared by the tests of one run."""
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as found:
        yield found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_sandbox(
    home: Path, *, allowed_origins: Sequence[str] = (SHOP,), port: int | None = None
) -> Generator[RunningSandbox, None, None]:
    """Start the sandbox as `make demo` does, wait until it answers, stop it by its own pid."""
    port = port or free_port()
    smtp_port = free_port()
    given = {
        "home": str(home),
        "port": port,
        "smtp_port": smtp_port,
        "settings": {
            "api_key": API_KEY,
            "notice_secret": NOTICE_SECRET,
            "carrier_key": CARRIER_KEY,
            "carrier_secret": CARRIER_SECRET,
            "allowed_origins": list(allowed_origins),
            "public_url": f"http://127.0.0.1:{port}",
        },
    }
    source = Path(__file__).parents[2] / "src"
    process = subprocess.Popen(
        [sys.executable, "-c", _START, json.dumps(given)],
        env={**os.environ, "PYTHONPATH": str(source)},
    )
    try:
        _wait_for(port, process)
        yield RunningSandbox(
            url=f"http://127.0.0.1:{port}",
            port=port,
            smtp_port=smtp_port,
            api_key=API_KEY,
            notice_secret=NOTICE_SECRET,
            pid=process.pid,
        )
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, "the sandbox ended while starting"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the sandbox did not answer in time")
