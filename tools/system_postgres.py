"""Run a command on the system's own PostgreSQL, started for it alone.

    python tools/system_postgres.py .venv/bin/pytest tests/domain/orders

The cluster lives in a temporary folder and listens at a socket there. Where the system has no
server and none can be installed, it says so and leaves with success: the embedded server's
run has shown the rest.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROLE = "postgres"
OLDEST = 15


def binaries() -> Path | None:
    """Return the folder of the oldest server on this machine that Sellier supports."""
    found = []
    for initdb in Path("/usr/lib/postgresql").glob("*/bin/initdb"):
        major = re.fullmatch(r"\d+", initdb.parent.parent.name)
        if major and int(major[0]) >= OLDEST:
            found.append((int(major[0]), initdb.parent))
    if found:
        return min(found)[1]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def install() -> None:
    """Ask Debian's package manager for a server, if this user may."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "postgresql"], check=False)


def unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root: become its own user where we are root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def main(command: list[str]) -> int:
    if binaries() is None:
        install()
    bin_path = binaries()
    if bin_path is None:
        print(f"skipped: this machine has no PostgreSQL {OLDEST} or later of its own")
        return 0
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        return run_on(bin_path, Path(folder), command)


def run_on(bin_path: Path, folder: Path, command: list[str]) -> int:
    as_user = unprivileged()
    if as_user:
        os.chown(folder, int(str(as_user["user"])), int(str(as_user["group"])))
    data = folder / "data"
    initdb = [bin_path / "initdb", "-D", data, "-U", ROLE, "--auth=trust", "-E", "UTF8", "-k"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **as_user)  # type: ignore[call-overload]
    options = f"-c listen_addresses='' -c fsync=off -k {folder}"
    pg_ctl = [bin_path / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    subprocess.run(
        [*pg_ctl, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL, **as_user
    )  # type: ignore[call-overload]
    try:
        version = subprocess.check_output([bin_path / "postgres", "--version"], text=True)
        print(f"on the system's {version.strip()}", flush=True)
        url = f"postgresql://{ROLE}@/postgres?host={folder}"
        return subprocess.run(
            command, check=False, env={**os.environ, "DATABASE_URL": url}
        ).returncode
    finally:
        subprocess.run(
            [*pg_ctl, "-m", "fast", "stop"], check=False, stdout=subprocess.DEVNULL, **as_user
        )  # type: ignore[call-overload]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
