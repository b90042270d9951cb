from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import psycopg
import pytest

from sellier.infra import db, postgres
from sellier.infra.settings import Settings
from tests.kills.mortal import NAME, Mortal, summed
from tests.sandbox.fixtures import API_KEY, CARRIER_KEY, RunningSandbox, sandbox

__all__ = ["sandbox"]


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        pass


@contextmanager
def heard() -> Iterator[str]:
    """Somebody who hears webhooks, in a thread of this process, which does not die."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hooks"
        server.shutdown()


@pytest.fixture
def mortal(
    database: postgres.Database,
    settings: Settings,
    owner: psycopg.Connection,
    *,
    sandbox: RunningSandbox,
) -> Iterator[Mortal]:
    known = Settings(
        home=settings.home,
        payments_url=sandbox.url,
        payments_key=API_KEY,
        carrier_key=CARRIER_KEY,
        webhooks_loopback=True,
    )
    url = database.url(postgres.APP).update_query_dict({"application_name": NAME})
    with heard() as hooks:
        engine = db.engine(url, connections=4)
        made = Mortal(engine=engine, settings=known, owner=owner, hooks=hooks)
        yield made
    made.empty()
    print(summed(made.died))  # noqa: T201  shown with -rP, and counted by whoever asks how many
