import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sellier.commands import imports
from sellier.commands.import_files import Desk
from sellier.infra import postgres
from sellier.infra.settings import Settings
from tests.commands import make


@pytest.fixture
async def run(
    desk: Desk, settings: Settings, database: postgres.Database, monkeypatch: pytest.MonkeyPatch
) -> CliRunner:
    """Commands against the tests' own server, as against anyone's; `desk` empties it after."""
    await make.group(desk.sessions)
    monkeypatch.setenv("SELLIER_HOME", str(settings.home))
    address = database.admin.render_as_string(hide_password=False)
    monkeypatch.setenv("SELLIER_DATABASE_URL", settings.database_url or address)
    return CliRunner()


def test_the_exit_code_tells_done_refused_and_unusable(run: CliRunner, tmp_path: Path) -> None:
    good = str(make.write(tmp_path, [make.location()], "good.csv"))
    bad = str(make.write(tmp_path, [make.location(kind="shop")], "bad.csv"))
    absent = str(tmp_path / "absent.csv")

    assert run.invoke(imports.app, ["locations", good, "--dry-run"]).exit_code == 0
    assert run.invoke(imports.app, ["locations", good]).exit_code == 0
    assert run.invoke(imports.app, ["locations", good, bad]).exit_code == 1
    assert run.invoke(imports.app, ["locations", bad, absent]).exit_code == 2
    assert run.invoke(imports.app, ["products", good, "--lang", "de"]).exit_code == 2
    assert run.invoke(imports.app, ["locations"]).exit_code == 2


def test_the_report_is_for_people_or_for_machines(run: CliRunner, tmp_path: Path) -> None:
    bad = str(make.write(tmp_path, [make.location(kind="[bold]shop\x1b[2J")], "bad.csv"))

    shown = run.invoke(imports.app, ["locations", bad]).output
    assert "kind" in shown
    assert "\x1b" not in shown
    told = run.invoke(imports.app, ["locations", bad, "--json"])
    (report,) = json.loads(told.stdout)
    assert (report["refused"], report["problems"][0]["column"]) == (1, "kind")


def test_pictures_that_cannot_be_used_stop_the_import_before_it_begins(
    run: CliRunner, tmp_path: Path
) -> None:
    feed = str(make.write(tmp_path, [make.piece()]))
    (tmp_path / "pictures.tar.gz").write_bytes(b"PK\x03\x04")
    pictures = str(tmp_path / "pictures.tar.gz")

    told = run.invoke(imports.app, ["products", feed, "--pictures", pictures, "--json"])
    assert told.exit_code == 2
    assert [report["kind"] for report in json.loads(told.stdout)] == ["pictures"]
