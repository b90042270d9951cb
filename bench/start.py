"""How soon the demo shows its first page, and what memory it needs.

    .venv/bin/python -m bench start

`sellier demo` is started in an empty home (it writes, imports and indexes the demo group) and
then again in the filled one, each time until the front page has been answered. Memory is the
proportional share (PSS) of every process of the demo, the database's included, 5 s after it last
did anything.
"""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from tests.journeys import demo as demos
from tests.journeys.demo import Demo

WARM_ROUNDS = 3
IDLE_SECONDS = 5
PAGES = ("/fr/", "/en/list", "/en/list?q=black+bag", "/boutique", "/api/docs")


def main() -> None:
    with demos.temporary_home() as home:
        cold = [start(home)]
        warm = [start(home) for _ in range(WARM_ROUNDS)]
        print("| start to first page | median s | worst s | at most |\n|---|---|---|---|")
        print(f"| in an empty home | {cold[0]:.1f} | {cold[0]:.1f} | |")
        print(f"| again | {statistics.median(warm):.1f} | {max(warm):.1f} | 5 |\n")
        with demos.running(home) as running:
            for page in PAGES:
                httpx.get(running.url + page, follow_redirects=True)
            time.sleep(IDLE_SECONDS)
            show(dict(memory(running)))


def start(home: Path) -> float:
    began = time.perf_counter()
    with demos.running(home) as running:
        httpx.get(f"{running.url}/fr/").raise_for_status()
        return time.perf_counter() - began


def memory(running: Demo) -> Iterator[tuple[str, float]]:
    """Say what each part of the demo holds, in MB; the database's processes count as one."""
    processes = demos.processes()
    own = [running.pid, *demos.descendants(running.pid)]
    servers = [pid for pid, (_, args) in processes.items() if f"-D {running.home}" in args]
    database = [pid for server in servers for pid in (server, *demos.descendants(server))]
    seen: dict[str, int] = {}
    for pid in sorted(set(own) - set(database)):
        words = processes[pid][1].split("sellier.cli ")[-1].split()
        name = words[0] if words else "?"
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name}, process {seen[name]}"), share(pid)
    yield f"PostgreSQL, {len(set(database))} processes", sum(map(share, set(database)))


def share(pid: int) -> float:
    """Return a process's proportional share of memory in MB; none when it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def show(shares: dict[str, float]) -> None:
    print("| process of the idle demo | MB | at most |\n|---|---|---|")
    for name, size in sorted(shares.items(), key=lambda one: -one[1]):
        print(f"| {name} | {size:.0f} | |")
    print(f"| **all together** | **{sum(shares.values()):.0f}** | 700 |")


if __name__ == "__main__":
    main()
