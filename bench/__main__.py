"""Run the benchmarks and write their figures to bench/README.md.

    python -m bench [NAME...]

A benchmark is a file of this folder: its docstring says what is measured and how, and it prints
its tables in Markdown. Each runs as a process of its own, so that no one pays for another's memory.
Benchmarks that are not named keep the figures of their last run.
"""

import ast
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg

HERE = Path(__file__).parent
PAGE = HERE / "README.md"
NAMES = (
    "imports",
    "search",
    "pages",
    "sales",
    "hot",
    "ledger",
    "promise",
    "sourcing",
    "closures",
    "start",
)
SECONDS_MAX = 1200
LOGGED = re.compile(r"\d{4}-\d{2}-\d{2}[ T]")
HEAD = """# Benchmarks

`make bench` runs them all, `.venv/bin/python -m bench pages start` those named; this page is
written by it. Ratios are to a peer or to the bare engine, measured in the same run on the same
machine. The fashion set is a real catalog of 44,441 style-colors and 158,059 SKUs that is not part
of the repository: what needs it says so where it is absent. Load is the average of the five minutes
before: above the number of cores, others worked on the machine and times are longer for it.
"""


def main() -> int:
    asked = sys.argv[1:] or NAMES
    if unknown := set(asked) - set(NAMES):
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}.")
        return 2
    sections = dict(kept())
    failed = []
    for name in NAMES:
        path = HERE / f"{name}.py"
        if name in asked and path.exists():
            print(f"\n## {name}\n", flush=True)
            figures = measure(path)
            if figures is None:
                failed.append(name)
            else:
                sections[name] = section(path, figures)
                PAGE.write_text("\n".join([HEAD, *(sections[n] for n in NAMES if n in sections)]))
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


def measure(path: Path) -> str | None:
    """Run one, show what it prints as it comes, and return it; None when it fails."""
    lines = []
    with subprocess.Popen(  # noqa: S603  a module of this folder
        [sys.executable, "-W", "ignore", "-m", f"bench.{path.stem}"],
        cwd=HERE.parent,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
        status = process.wait(SECONDS_MAX)
    figures = "".join(line for line in lines if not LOGGED.match(line))
    return figures if status == 0 else None


def section(path: Path, figures: str) -> str:
    """Write a benchmark's part of the page: its own words, the machine, the figures."""
    about = ast.get_docstring(ast.parse(path.read_text())) or ""
    return f"## {path.stem}\n\n{about}\n\n{machine()}\n\n{figures.strip()}\n"


def kept() -> Iterator[tuple[str, str]]:
    """Read the sections of the last run back from the page."""
    for part in PAGE.read_text().split("\n## ")[1:] if PAGE.exists() else []:
        yield part.split("\n", 1)[0], f"## {part.strip()}\n"


def machine() -> str:
    bundled = psycopg.pq.version() // 10_000
    return (
        f"*{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, PostgreSQL 18 from the wheel "
        f"(libpq {bundled}), load {os.getloadavg()[1]:.1f}.*"
    )


if __name__ == "__main__":
    sys.exit(main())
