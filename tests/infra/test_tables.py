import gzip
import os
import resource
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sellier.infra.reports import Report, UnusableFile
from sellier.infra.sources import SourceLimits
from sellier.infra.tables import Columns, Limits, Row, open_table

COLUMNS = Columns(required=("id", "title"), optional=("price", "link", "product_detail"))


def read(path: Path, limits: Limits | None = None) -> tuple[list[Row], Report]:
    report = Report(file=path.name, kind="things")
    with open_table(path, COLUMNS, report=report, limits=limits) as table:
        return list(table.rows), report


def written(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def zipped(content: bytes) -> bytes:
    """Compress without the time of day: parallel runs must agree on what a test is named."""
    return gzip.compress(content, mtime=0)


def why_unusable(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(UnusableFile) as caught:
        read(path, limits)
    return caught.value.message


@pytest.mark.parametrize("name", ["file.csv", "file.tsv", "no-ending"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_content_tells_what_separates_cells(tmp_path: Path, name: str, mark: str) -> None:
    rows, report = read(written(tmp_path, f"id{mark}title\nA1{mark}Sac\n", name))

    assert rows == [Row(2, {"id": "A1", "title": "Sac"})]
    assert report.is_clean()


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    rows, _ = read(written(tmp_path, gzip.compress(b"id,title\nA1,Sac\n"), "feed.csv"))
    assert rows[0].cells["title"] == "Sac"


def test_a_byte_order_mark_carriage_returns_and_blank_lines_are_fine(tmp_path: Path) -> None:
    rows, report = read(written(tmp_path, "\ufeffID;Title\r\nA1;Sac\r\n\r\nA2;Été\r\n"))

    assert [row.line for row in rows] == [2, 4]
    assert rows[1].cells == {"id": "A2", "title": "Été"}
    assert report.is_clean()


def test_lines_are_counted_through_quoted_line_ends(tmp_path: Path) -> None:
    rows, _ = read(written(tmp_path, 'id,title\nA1,"two\nlines, one ""row"""\nA2,x\n'))

    assert rows[0].cells["title"] == 'two\nlines, one "row"'
    assert [row.line for row in rows] == [2, 4]


def test_google_headers_with_spaces_and_prefixes_are_understood(tmp_path: Path) -> None:
    rows, _ = read(written(tmp_path, "g:id\tTitle\tproduct detail\nA1\tSac\ta:b:c\n"))
    assert rows[0].cells["product_detail"] == "a:b:c"


def test_an_unknown_column_is_told_and_left_out_of_the_checks(tmp_path: Path) -> None:
    rows, report = read(written(tmp_path, "id,title,shoe\nA1,Sac,\x00\n"))

    assert len(rows) == 1
    assert report.is_clean()
    assert report.remarks[0].column == "shoe"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("", "empty"),
        ("\n", "first line is empty"),
        ("id\nA1\n", "no column title"),
        ("id,title,id\nA1,Sac,A1\n", "twice: id"),
        ('id,title\nA1,"Sac\nA2,x\n', "line 2"),
        ('id,title\nA1,"Sac" x\n', "follows a closing quote"),
        ("id,title\rA1,Sac\r", "carriage return"),
        ("id,title\nA1,Sac\n".encode("utf-16"), "UTF-16"),
        ("id,title\nA1,Sac\n".encode("utf-16-le"), "UTF-16"),
        ("id,title\nA1,Sac\n".encode("utf-32"), "UTF-32"),
        ("id,title\nA1,Été\n".encode("latin-1"), "offset 12, line 2"),
        (b"id,title\nA1,\xe2\x82", "offset 12"),
        (b"%PDF-1.7 id,title", "PDF"),
        (zipped(zipped(b"id,title\n")), "compressed twice"),
        (zipped(b"id,title\n" + b"A1,Sac\n" * 9_000)[:90], "cut short"),
        (zipped(b"id,title\nA1,Sac\n")[:-6] + b"\0" * 6, "damaged"),
        (b"BZh91AY&SY", "bzip2"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    tmp_path: Path, content: str | bytes, part: str
) -> None:
    assert part in why_unusable(written(tmp_path, content))


def test_workbooks_and_archives_are_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "feed.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("feed.csv", "id,title\n")

    assert "save it as CSV UTF-8" in why_unusable(path)


def test_only_ordinary_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert "ordinary" in why_unusable(tmp_path / "pipe")
    assert "ordinary" in why_unusable(tmp_path)
    assert "No such file" in why_unusable(tmp_path / "absent")
    assert "cannot be used" in why_unusable(Path("a\0b"))


def test_a_row_of_the_wrong_width_is_refused_alone(tmp_path: Path) -> None:
    rows, report = read(written(tmp_path, "id,title\nA1\nA2,x,y\nA3,Sac\n"))

    assert [row.cells["id"] for row in rows] == ["A3"]
    assert [(p.line, p.why) for p in report.problems] == [
        (2, "1 cells where the header has 2"),
        (3, "3 cells where the header has 2"),
    ]
    assert report.rows == 3


@pytest.mark.parametrize("mark", ["\0", "\x1b", "\x85", "\u202e", "\u2066", "\u200f", "\u200e"])
def test_control_and_direction_marks_are_refused_by_name(tmp_path: Path, mark: str) -> None:
    rows, report = read(written(tmp_path, f"id,title\nA1,Sac{mark}\nA2,Été\u202f!\n"))

    assert [row.cells["id"] for row in rows] == ["A2"]
    assert (report.problems[0].line, report.problems[0].column) == (2, "title")
    assert f"U+{ord(mark):04X}" in report.problems[0].why
    assert mark not in report.problems[0].value


def test_limits_hold_for_cells_columns_and_rows(tmp_path: Path) -> None:
    small = Limits(rows=3, columns=4, cell_characters=10, row_characters=100)

    _, report = read(written(tmp_path, f"id,title\nA1,{'x' * 11}\n"), small)
    assert "longer than 10" in report.problems[0].why
    assert "columns" in why_unusable(written(tmp_path, "id,title,a,b,c\n"), small)
    assert "rows" in why_unusable(written(tmp_path, "id,title\n" + "A,b\n" * 4), small)
    assert "Line 2" in why_unusable(written(tmp_path, "id,title\n" + "x" * 101), small)
    endless = "id,title\nA1," + '"x\n",' * 60
    assert "Line" in why_unusable(written(tmp_path, endless), small)


RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>
<title>A feed</title><link>/feed</link>
<item><title>Plain</title><g:id>A1</g:id><g:title>Sac &amp; cie</g:title><g:shoe>?</g:shoe>
<g:product_detail><g:section_name>Facts</g:section_name>
<g:attribute_name>Lining</g:attribute_name><g:attribute_value>Silk</g:attribute_value>
</g:product_detail>
<g:product_detail><g:section_name>Facts</g:section_name>
<g:attribute_name>Clasp</g:attribute_name><g:attribute_value>Brass</g:attribute_value>
</g:product_detail></item>
<item><g:id>A2</g:id><title>Ceinture</title></item></channel></rss>"""


def test_an_rss_feed_gives_google_elements_and_joins_repeated_ones(tmp_path: Path) -> None:
    rows, report = read(written(tmp_path, RSS, "feed.xml"))

    assert [row.line for row in rows] == [1, 2]
    assert rows[0].cells["title"] == "Sac & cie"
    assert rows[0].cells["product_detail"] == "Facts:Lining:Silk,Facts:Clasp:Brass"
    assert rows[1].cells == dict.fromkeys(rows[1].cells, "") | {"id": "A2", "title": "Ceinture"}
    assert [remark.column for remark in report.remarks] == ["shoe"]


def test_atom_and_flat_products_are_read_too(tmp_path: Path) -> None:
    atom = '<feed><entry><id>A1</id><title>Sac</title><link href="/p/1"/></entry></feed>'
    flat = "<products><product><id>A1</id><title>Sac</title></product></products>"

    assert read(written(tmp_path, atom))[0][0].cells["link"] == "/p/1"
    assert read(written(tmp_path, gzip.compress(flat.encode())))[0][0].cells["title"] == "Sac"


ENTITIES = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "ha"}">' for i in range(9))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (f"<!DOCTYPE r [{ENTITIES}]><r><item><id>&e8;</id></item></r>", "document type"),
        ('<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', "document type"),
        ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>', "document type"),
        ("<r><item><id>&x;</id></item></r>", "line 1"),
        ("<r><item><id>A1</id>", "line 1"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><r/>', "save it as UTF-8"),
        ("<r>" + "<a>" * 20, "deep"),
        ("<r><item>" + "<a/>" * 600, "elements"),
        ("<r><!--" + "x" * 3_000_000, "tag or comment"),
        ("<r a='" + "x" * 3_000_000, "tag or comment"),
        ("<r><item><id>" + "x" * 3_000_000, "item is longer"),
        ("<r><item><id>\0</id></item></r>", "line 1"),
    ],
)
def test_hostile_xml_is_refused(tmp_path: Path, content: str, part: str) -> None:
    assert part in why_unusable(written(tmp_path, content, "feed.xml"))


def test_a_decompression_bomb_is_refused_early(tmp_path: Path) -> None:
    bomb = gzip.compress(b"id,title\n" + (b"A1," + b"x" * 9_000 + b"\n") * 2_500)
    limits = Limits(source=SourceLimits(ratio=100))

    assert len(bomb) < 500_000
    assert "100 times its size" in why_unusable(written(tmp_path, bomb), limits)
    limits = Limits(source=SourceLimits(unpacked_bytes=1_000_000, ratio=10**6))
    assert "when unpacked" in why_unusable(written(tmp_path, bomb), limits)


def test_files_of_gigabytes_cost_neither_memory_nor_time(tmp_path: Path) -> None:
    sparse = tmp_path / "sparse.csv"
    with sparse.open("wb") as file:
        file.truncate(2 * 1024**3)
    endless = tmp_path / "line.csv"
    with endless.open("wb") as file:
        file.write(b"id,title\n" + b"x" * 8_000_000)
        file.truncate(1024**3)
    many = tmp_path / "many.csv.gz"
    with gzip.open(many, "wb", compresslevel=1) as packed:
        packed.write(b"id,title\n")
        for block in range(300):
            packed.write(b"".join(b"A%d,Sac %d\n" % (block, i) for i in range(1_000)))
    program = """
        import resource, sys
        from pathlib import Path
        from sellier.infra.reports import Report, UnusableFile
        from sellier.infra.tables import Columns, open_table
        columns = Columns(required=("id", "title"))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for name in sys.argv[1:]:
            report = Report(file=name, kind="things")
            try:
                with open_table(Path(name), columns, report=report) as table:
                    print(sum(1 for _ in table.rows))
            except UnusableFile as refused:
                print(refused.message)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), sparse, endless, many],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    said = ran.stdout.splitlines()
    assert "Every other byte is zero" in said[0]
    assert "Line 2" in said[1]
    assert said[2] == "300000"
    grown_kib = int(said[3]) if sys.platform != "darwin" else int(said[3]) // 1024
    assert grown_kib < 20_000
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0


PARTS = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"id,title\n", b"id\ttitle\n", b"A1,x\n", b'"', b"\r", b"\n", b",", b"\0"]),
    st.sampled_from([b"<r>", b"<item>", b"<id>", b"</id>", b"&a;", b"<!DOCTYPE", b"\xef\xbb\xbf"]),
    st.sampled_from(["\u202e".encode(), "é".encode("latin-1"), b"\x1f\x8b\x08\0", b"PK\x03\x04"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=12), st.booleans())
def test_no_bytes_make_the_reader_fail_otherwise(parts: list[bytes], packed: bool) -> None:  # noqa: FBT001 - hypothesis passes it
    content = b"".join(parts)
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), gzip.compress(content) if packed else content)
        try:
            rows, report = read(path)
        except UnusableFile:
            pass
        else:
            assert len(rows) + report.refused >= report.rows
