"""Find a Chromium for the journeys, or install one; print where it is.

    python tools/chromium.py

In order: one that is installed, the system's package manager, Playwright's own download.
The journeys skip, and say so, where none of the three works.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """Return the path of an installed Chromium."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def main() -> int:
    if installed() is None and shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
        subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False)
        subprocess.run([*sudo, "apt-get", "install", "-y", "-qq", "chromium"], check=False)
    if installed() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    print(f"Chromium: {installed() or 'as Playwright has it, if it has one'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
