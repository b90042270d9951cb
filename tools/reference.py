"""Write `docs/reference.md` from the code: settings, commands, routes, events, refusals, states.

python tools/reference.py           write it
python tools/reference.py --check   fail when the code says something else
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar, get_args, get_type_hints

import httpx
import typer.main
from litestar import Litestar
from litestar.routes import BaseRoute, HTTPRoute
from sqlalchemy import make_url

import sellier
from sellier.app import Dependencies, assemble
from sellier.domain.carriers.gateway import carrier_of
from sellier.domain.payments.gateway import provider_of
from sellier.domain.search.gateway.index import SearchIndex
from sellier.infra import db, keys
from sellier.infra.outbox import Event
from sellier.infra.settings import Explained, Settings, variable
from sellier.invariants.check import ALWAYS, IN_TIME
from sellier.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, TooMany
from sellier.subscriptions import SUBSCRIPTIONS

PAGE = Path("docs/reference.md")
Kind = TypeVar("Kind")
KINDS = (NotFound, Conflict, Forbidden, Invalid, TooMany)


def page() -> str:
    import_all()
    parts = [
        "# Reference\n\nMade from the code by `python tools/reference.py`; do not edit.\n",
        section("Settings", ("variable", "meaning", "unset"), settings()),
        section("Commands", ("command", "what it does"), commands()),
        section("Routes", ("method", "path"), routes()),
        section("Events", ("event", "means", "runs"), events()),
        section("Refusals", ("code", "kind", "means"), refusals()),
        section("Invariants", ("number", "says"), ((i.code, i.says) for i in (*ALWAYS, *IN_TIME))),
        "## States\n",
        *diagrams(),
    ]
    return "\n".join(parts).rstrip() + "\n"


def import_all() -> None:
    for module in pkgutil.walk_packages(sellier.__path__, "sellier."):
        if ".migrations." not in module.name and module.name != "sellier.demo":
            importlib.import_module(module.name)


def section(title: str, head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [f"## {title}\n", line(head), line(("---",) * len(head)), *map(line, rows)]
    return "\n".join(lines) + "\n"


def line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def settings() -> Iterator[tuple[str, ...]]:
    hints = get_type_hints(Settings, include_extras=True)
    for field in fields(Settings):
        explained = next(a for a in get_args(hints[field.name]) if isinstance(a, Explained))
        yield f"`{variable(field.name)}`", explained.meaning, f"`{field.default}`"


def commands() -> Iterator[tuple[str, ...]]:
    from sellier.cli import program  # noqa: PLC0415  builds every command

    yield from below(typer.main.get_command(program()), "sellier")


def below(command: object, name: str) -> Iterator[tuple[str, ...]]:
    inner: Mapping[str, object] = getattr(command, "commands", {})
    if not inner:
        yield f"`{name}`", (getattr(command, "help", "") or "").split("\n")[0]
    for word in sorted(inner):
        yield from below(inner[word], f"{name} {word}")


def routes() -> Iterator[tuple[str, ...]]:
    found = {(route.path, method) for route in application().routes for method in verbs(route)}
    for path, method in sorted(found):
        yield method, f"`{path}`"


def verbs(route: BaseRoute) -> set[str]:
    methods = route.methods if isinstance(route, HTTPRoute) else ()
    return {str(method) for method in methods} - {"OPTIONS"}


def application() -> Litestar:
    """Build the application over a database that nobody asks."""
    settings = Settings(secret_key="only to read the routes of it " * 2)
    root = keys.of(settings)
    nowhere = db.engine(make_url("postgresql+psycopg://nowhere"))
    given = Dependencies(
        settings=settings,
        sessions=db.sessions(nowhere),
        keys=root,
        provider=provider_of(settings, keys=root, client=httpx.AsyncClient()),
        carrier=carrier_of(settings, keys=root, client=httpx.AsyncClient()),
        index=SearchIndex(settings.home),
        clock=lambda: datetime.now(UTC),
    )
    return assemble(given)


def events() -> Iterator[tuple[str, ...]]:
    for event in sorted(every(Event), key=lambda kind: kind.name):
        jobs = ", ".join(f"`{reaction.job}`" for reaction in SUBSCRIPTIONS.get(event.name, ()))
        yield f"`{event.name}`", summary(event), jobs or "nothing yet"


def refusals() -> Iterator[tuple[str, ...]]:
    found = {kind.code: kind for kind in every(Refusal) if "code" in vars(kind)}
    for code, kind in sorted(found.items()):
        family = next(k.__name__ for k in KINDS if issubclass(kind, k))
        yield f"`{code}`", family, summary(kind)


def every(kind: type[Kind]) -> Iterator[type[Kind]]:
    for child in kind.__subclasses__():
        yield child
        yield from every(child)


def summary(kind: type) -> str:
    text = kind.__doc__ or ""
    # A dataclass without words of its own gets its signature for a docstring.
    is_written = text and not text.startswith(f"{kind.__name__}(")
    return text.split("\n\n")[0].strip() if is_written and "__doc__" in vars(kind) else ""


def diagrams() -> Iterator[str]:
    for name in ("orders", "payments", "carriers"):
        states = importlib.import_module(f"sellier.domain.{name}.states")
        yield f"### {name}\n\n```mermaid\nstateDiagram-v2\n    [*] --> {states.START}"
        for (before, event), after in states.TRANSITIONS.items():
            yield f"    {before} --> {after}: {event}"
        yield "```\n"


def main() -> int:
    wanted = page()
    if "--check" not in sys.argv:
        PAGE.write_text(wanted)
        return 0
    if PAGE.exists() and PAGE.read_text() == wanted:
        return 0
    print(f"{PAGE} is not what the code says: run `python tools/reference.py`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
