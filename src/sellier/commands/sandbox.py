"""`sellier sandbox`: the world outside, simulated."""

from typing import Annotated

import typer

from sellier.domain.payments.gateway import sandbox_keys
from sellier.infra import keys
from sellier.infra import settings as configuration
from sellier.sandbox.server import serve

Port = Annotated[int, typer.Option(help="Port to listen at.")]


def sandbox(port: Port = 8002, smtp_port: Port = 8025) -> None:
    """Run the simulated world outside: a payment provider and a mail catcher."""
    settings = configuration.from_environment()
    shared = sandbox_keys(keys.of(settings))
    serve(
        home=settings.home,
        port=port,
        smtp_port=smtp_port,
        api_key=shared.api_key,
        notice_secret=shared.notice_secret,
        allowed_origins=[settings.url],
    )
