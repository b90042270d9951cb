"""Commands for operators. A command is imported when it is asked for, so that each stays small."""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

import typer

from sellier.infra.settings import SettingsRefused

COMMANDS: Final[Mapping[str, str]] = {
    "migrate": "run:migrate",
    "serve": "run:serve",
    "worker": "run:worker",
    "doctor": "operate:doctor",
    "invariants": "operate:invariants",
    "reconcile": "reconcile:reconcile",
    "sandbox": "sandbox:sandbox",
    "demo": "demo:demo",
    "demo-data": "demo_data:demo_data",
    "demo-orders": "demo_orders:demo_orders",
    "demo-files": "demo_data:demo_files",
    "define": "define:define",
    "drill": "drill:app",
    "search": "search:search",
    "reindex": "search:reindex",
    "import": "imports:app",
    "sourcing": "sourcing:app",
    "staff": "staff:app",
}


def program(asked: str = "") -> typer.Typer:
    """Build the program with the command that is asked for, or with all, to show or refuse."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_sellier)
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module, _, word = COMMANDS[name].partition(":")
        found = getattr(import_module(f"sellier.commands.{module}"), word)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def _sellier() -> None:
    """Sellier, the commerce system for a group of luxury maisons."""


def main() -> None:
    """Run the command that was asked for; a wrong setting ends it with what to do."""
    try:
        program(*sys.argv[1:2])()
    except SettingsRefused as refusal:
        typer.echo(str(refusal), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
