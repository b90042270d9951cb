"""`sellier sandbox`: the world outside, simulated."""

from typing import Annotated

import typer

from sellier.domain.carriers import gateway as carriers
from sellier.domain.payments import gateway as payments
from sellier.infra import keys
from sellier.infra import settings as configuration
from sellier.sandbox.server import serve
from sellier.sandbox.values import Settings

Port = Annotated[int, typer.Option(help="Port to listen at.")]
Step = Annotated[
    float, typer.Option(help="Seconds between two events of a parcel; 0: only by hand.", min=0)
]


def sandbox(port: Port = 8002, smtp_port: Port = 8025, step: Step = 10) -> None:
    """Run the simulated world outside: a payment provider, a carrier and a mail catcher."""
    settings = configuration.from_environment()
    root = keys.of(settings)
    paid, carried = payments.sandbox_keys(root), carriers.sandbox_keys(root)
    shared = Settings(
        api_key=paid.api_key,
        notice_secret=paid.notice_secret,
        carrier_key=carried.api_key,
        carrier_secret=carried.notice_secret,
        allowed_origins=(settings.url,),
        public_url=f"http://127.0.0.1:{port}",
        pickup_s=3 * step,  # whoever hands a parcel over needs a moment
        step_s=step,
    )
    serve(home=settings.home, settings=shared, port=port, smtp_port=smtp_port)
