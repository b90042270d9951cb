"""Pictures that came with a feed, hung on the style-colors that asked for them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Column, Integer, String, Uuid, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.models import Media, StyleColor
from sellier.domain.catalog.service.import_products import announce
from sellier.infra import staging
from sellier.infra.archives import NamedBytes
from sellier.infra.media import Picture, UnusablePicture
from sellier.infra.reports import Report
from sellier.kernel.ids import StyleColorId

_STAGED: Final = staging.staging_table(
    "staged_picture",
    Column("style_color_id", Uuid),
    Column("position", Integer),
    Column("sha256", String),
    Column("kind", String),
    Column("width", Integer),
    Column("height", Integer),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """A kept picture and the style-color that it shows."""

    style_color_id: StyleColorId
    picture: Picture


async def wanted_pictures(db: AsyncSession) -> Mapping[str, Sequence[StyleColorId]]:
    """Return the style-colors that ask for a picture, by every end of the path they give.

    An archive seldom begins at the folder that the feed has in mind: `images/7.jpg` is also
    found as `7.jpg`. An end that could mean two paths means none.
    """
    paths: dict[str, list[StyleColorId]] = {}
    asked = select(StyleColor.picture_path, StyleColor.id)
    for path, style_color_id in await db.execute(asked):
        if path is not None:
            paths.setdefault(path, []).append(style_color_id)
    ends: dict[str, list[StyleColorId]] = dict(paths)
    unclear = set()
    for path, ids in paths.items():
        for end in _shorter(path):
            if end in ends and ends[end] is not ids:
                unclear.add(end)
            ends.setdefault(end, ids)
    return {end: ids for end, ids in ends.items() if end in paths or end not in unclear}


def _shorter(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.partition("/")[2]
        yield path


def keep_wanted(
    files: Iterable[NamedBytes],
    *,
    wanted: Mapping[str, Sequence[StyleColorId]],
    keep: Callable[[bytes], Picture],
    report: Report,
) -> Iterator[Hung]:
    """Keep the files that a style-color asks for. A broken picture is told, and left out."""
    for number, file in enumerate(files, 1):
        ids = _asking(file.path, wanted)
        if not ids:
            report.count("pictures nobody asked for", 1)
            continue
        try:
            picture = keep(file.content)
        except UnusablePicture as refusal:
            report.remark(number, "picture", file.path, why=refusal.message)
            continue
        for style_color_id in ids:
            yield Hung(style_color_id=style_color_id, picture=picture)


def _asking(path: str, wanted: Mapping[str, Sequence[StyleColorId]]) -> Sequence[StyleColorId]:
    return next((wanted[end] for end in (path, *_shorter(path)) if end in wanted), ())


async def hang_pictures(
    db: AsyncSession, *, hung: Iterable[Hung], report: Report, now: datetime
) -> None:
    """Show each style-color by its picture, in place of the one before."""
    seen: set[StyleColorId] = set()
    await staging.stage(db, _STAGED, _rows(hung, seen))
    merged = await staging.merge(
        db,
        Media,
        _STAGED,
        key=("style_color_id", "position"),
        values=("sha256", "kind", "width", "height"),
        returning="style_color_id",
    )
    merged.count(report, "pictures")
    announce(db, {*merged.added, *merged.changed}, now=now)


def _rows(hung: Iterable[Hung], seen: set[StyleColorId]) -> Iterator[Sequence[object]]:
    for one in hung:
        if one.style_color_id in seen:
            continue  # the same path in two archives: the first counts
        seen.add(one.style_color_id)
        picture = one.picture
        yield (
            one.style_color_id,
            0,
            picture.sha256,
            picture.kind,
            picture.width,
            picture.height,
        )
