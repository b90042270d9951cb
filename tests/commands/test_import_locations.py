from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from sellier.commands.import_files import Desk, import_locations
from tests.commands import make


async def test_locations_come_in_with_the_banner_that_runs_them(desk: Desk, tmp_path: Path) -> None:
    await make.group(desk.sessions)
    rows = [
        make.location(banner="atelier"),
        make.location(code="WH-FR", kind="warehouse", pickup="no", banner=""),
    ]
    report = await import_locations(desk, make.write(tmp_path, rows))

    assert report.exit_code == 0
    assert report.counts["locations added"] == 2
    async with desk.sessions() as db:
        found = await db.execute(
            text(
                "SELECT l.code, b.code FROM banner_location JOIN location l ON l.id = location_id"
                " JOIN banner b ON b.id = banner_id"
            )
        )
        assert found.all() == [("PAR1", "atelier")]


async def test_the_same_file_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    path = make.write(tmp_path, [make.location(), make.location(code="LYS1", city="Lyon")])
    await import_locations(desk, path)
    before = await make.held(desk.sessions)
    report = await import_locations(desk, path)

    assert await make.held(desk.sessions) == before
    assert not any(report.counts.values())


async def test_a_changed_file_changes_only_what_it_says(desk: Desk, tmp_path: Path) -> None:
    await import_locations(desk, make.write(tmp_path, [make.location(), make.location(code="B")]))
    report = await import_locations(desk, make.write(tmp_path, [make.location(closes="20:30")]))

    assert report.counts == {"locations added": 0, "locations changed": 1}
    async with desk.sessions() as db:
        found = await db.execute(text("SELECT code, closes::text FROM location ORDER BY code"))
        assert found.all() == [("B", "19:00:00"), ("PAR1", "20:30:00")]


WRONG = [
    ("code", ""),
    ("code", "=1+1"),
    ("kind", "shop"),
    ("country", "ZZ"),
    ("latitude", "91"),
    ("longitude", "2,305"),
    ("time_zone", "Paris"),
    ("ships", "1"),
    ("opens", "25:00"),
    ("closes", "09:00"),
    ("daily_capacity", "-1"),
    ("name", "Rive\u202egauche"),
]


async def test_one_wrong_value_refuses_the_whole_file(desk: Desk, tmp_path: Path) -> None:
    before = await make.held(desk.sessions)
    for column, value in WRONG:
        rows = [make.location(code="GOOD"), make.location(**{column: value})]
        report = await import_locations(desk, make.write(tmp_path, rows))
        assert (3, column) in make.whys(report)
        assert report.exit_code == 1
        assert await make.held(desk.sessions) == before


async def test_repeated_codes_and_unknown_banners_are_refused(desk: Desk, tmp_path: Path) -> None:
    await make.group(desk.sessions)
    before = await make.held(desk.sessions)
    twice = await import_locations(desk, make.write(tmp_path, [make.location()] * 2))
    nobody = await import_locations(
        desk, make.write(tmp_path, [make.location(banner="grand-bazaar")])
    )

    assert make.whys(twice) == [(3, "code")]
    assert nobody.problems[0].column == "banner"
    assert await make.held(desk.sessions) == before


async def test_a_rehearsal_reports_and_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    before = await make.held(desk.sessions)
    path = make.write(tmp_path, [make.location()])
    report = await import_locations(replace(desk, dry_run=True), path)

    assert report.counts["locations added"] == 1
    assert not report.applied
    assert await make.held(desk.sessions) == before


async def test_two_imports_do_not_run_at_once(desk: Desk, tmp_path: Path) -> None:
    path = make.write(tmp_path, [make.location()])
    async with desk.sessions.begin() as other:
        await other.execute(text("SELECT pg_advisory_xact_lock(727003)"))
        report = await import_locations(desk, path)

    assert report.exit_code == 2
    assert "Another import" in (report.unusable or "")
