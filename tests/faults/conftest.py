import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.machines import OwnServer, own_server
from tests.sandbox.fixtures import sandbox

__all__ = ["sandbox"]


@pytest.fixture(scope="session")
def own() -> Iterator[OwnServer]:
    """A database server for these tests alone, which they may kill."""
    with (
        tempfile.TemporaryDirectory(prefix="sellier-faults-") as home,
        own_server(Path(home)) as made,
    ):
        yield made
