import io
import tarfile
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from sellier.commands.import_files import (
    Desk,
    check_pictures,
    import_pictures,
    import_products_file,
)
from sellier.infra import media
from tests.commands import make


def picture(color: str = "navy") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), color).save(out, "JPEG")
    return out.getvalue()


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
async def shop(desk: Desk, tmp_path: Path) -> Desk:
    """Two style-colors that ask for images/sac-1-noir.jpg and images/two.jpg."""
    await make.group(desk.sessions)
    two = make.piece(id="2", style_color_id="TWO", image_link="images/two.jpg")
    await import_products_file(desk, make.write(tmp_path, [make.piece(), two]))
    await make.events(desk.sessions)
    return desk


async def hung(desk: Desk) -> dict[str, str]:
    async with desk.sessions() as db:
        found = await db.execute(
            text("SELECT code, sha256 FROM media JOIN style_color ON id = style_color_id")
        )
        return {row.code: row.sha256 for row in found}


@pytest.mark.parametrize("prefix", ["", "images/", "feed/images/", "./"])
async def test_pictures_are_found_wherever_the_archive_begins(
    shop: Desk, tmp_path: Path, prefix: str
) -> None:
    files = {f"{prefix}sac-1-noir.jpg": picture(), f"{prefix}nobody.jpg": picture("red")}
    path = archive(tmp_path / "pictures.tar.gz", files)
    report = await import_pictures(shop, [path], keep=media.add)

    assert report.exit_code == 0
    assert report.counts["pictures added"] == 1
    assert report.counts["pictures nobody asked for"] == 1
    sha = (await hung(shop))["SAC-1-NOIR"]
    assert media.render(shop.home, sha, width=80, image_format="webp")
    assert len(await make.events(shop.sessions)) == 1


async def test_the_same_pictures_again_change_nothing_and_new_ones_replace(
    shop: Desk, tmp_path: Path
) -> None:
    path = archive(tmp_path / "a.tar.gz", {"sac-1-noir.jpg": picture(), "two.jpg": picture()})
    await import_pictures(shop, [path], keep=media.add)
    before, first = await make.held(shop.sessions), await hung(shop)
    await import_pictures(shop, [path], keep=media.add)
    assert await make.held(shop.sessions) == before

    newer = archive(tmp_path / "b.tar.gz", {"two.jpg": picture("red")})
    await import_pictures(shop, [newer], keep=media.add)
    assert (await hung(shop))["SAC-1-NOIR"] == first["SAC-1-NOIR"]
    assert (await hung(shop))["TWO"] != first["TWO"]


async def test_a_broken_picture_is_told_and_the_others_come(shop: Desk, tmp_path: Path) -> None:
    files = {"sac-1-noir.jpg": picture(), "two.jpg": b"<svg onload='alert(1)'/>"}
    path = archive(tmp_path / "a.tar.gz", files)
    report = await import_pictures(shop, [path], keep=media.add)

    assert [remark.value for remark in report.remarks] == ["two.jpg"]
    assert list(await hung(shop)) == ["SAC-1-NOIR"]


async def test_a_hostile_archive_is_refused_before_anything_is_kept(
    shop: Desk, tmp_path: Path
) -> None:
    files = {"sac-1-noir.jpg": picture(), "../../etc/cron.d/x": b"x"}
    path = archive(tmp_path / "a.tar.gz", files)
    before = await make.held(shop.sessions)

    assert check_pictures([path]).exit_code == 2
    assert (await import_pictures(shop, [path], keep=media.add)).exit_code == 2
    assert await make.held(shop.sessions) == before


async def test_a_short_name_that_could_mean_two_pieces_means_none(
    shop: Desk, tmp_path: Path
) -> None:
    other = make.piece(id="3", style_color_id="THREE", image_link="other/two.jpg")
    await import_products_file(shop, make.write(tmp_path, [other]))
    path = archive(tmp_path / "a.tar.gz", {"two.jpg": picture(), "other/two.jpg": picture("red")})
    await import_pictures(shop, [path], keep=media.add)

    assert list(await hung(shop)) == ["THREE"]
