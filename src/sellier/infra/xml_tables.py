"""Rows out of XML product feeds: RSS or Atom with `g:` elements, or flat `<product>` items.

Read piece by piece; a document type, an entity or a token that never ends is refused.
"""

import re
from collections.abc import Iterator
from typing import Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from sellier.infra.reports import UnusableFile

ITEMS: Final = frozenset({"item", "entry", "product", "location", "row"})
DEPTH_MAX: Final = 8
ELEMENTS_MAX: Final = 500
ENCODING: Final = re.compile(r"""<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


class _Items(ContentHandler):
    """Collects the elements of one item after the other as plain texts."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self._longest = longest
        self.done: list[dict[str, str]] = []
        # Characters fed since the parser last told us anything: bounds what it may hold back.
        self.silent = 0
        self._depth = 0
        self._item_depth = 0
        self._size = 0
        self._count = 0
        self._cells: dict[str, list[str]] = {}
        self._owned: set[str] = set()
        self._path: list[str] = []
        self._text: list[str] = []
        self._parts: list[str] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's name
        self.silent = 0
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise UnusableFile(f"XML elements stand more than {DEPTH_MAX} deep.")
        if not self._item_depth:
            if name.rpartition(":")[2] in ITEMS and self._depth > 1:
                self._item_depth = self._depth
                self._cells, self._owned, self._size, self._count = {}, set(), 0, 0
            return
        self._count += 1
        if self._count > ELEMENTS_MAX:
            raise UnusableFile(f"An XML item has more than {ELEMENTS_MAX} elements.")
        self._text = []
        if self._depth == self._item_depth + 1:
            self._parts = []
            if name == "link" and "href" in attrs:  # Atom says it in an attribute
                self._text = [attrs["href"]]

    def characters(self, content: str) -> None:
        self.silent = 0
        if self._item_depth:
            self._size += len(content)
            if self._size > self._longest:
                raise UnusableFile(f"An XML item is longer than {self._longest:,} characters.")
            self._text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - SAX's name
        self.silent = 0
        inside = self._depth - self._item_depth if self._item_depth else -1
        self._depth -= 1
        match inside:
            case 0:
                self._item_depth = 0
                self.done.append({key: ",".join(cells) for key, cells in self._cells.items()})
            case 1:
                self._close_cell(name)
            case deeper if deeper > 1:
                # <product_detail> has parts: section, name, value.
                self._parts.append("".join(self._text).strip())
                self._text = []
            case _:
                pass

    def _close_cell(self, name: str) -> None:
        text = ":".join(self._parts) if self._parts else "".join(self._text).strip()
        prefix, _, column = name.lower().rpartition(":")
        # RSS and Google both have title, link and description: Google's say what is sold.
        if prefix and column not in self._owned:
            self._owned.add(column)
            self._cells[column] = []
        if prefix or column not in self._owned:
            self._cells.setdefault(column, []).append(text)
        self._text = []


def xml_rows(pieces: Iterator[str], longest: int) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the cells of each item. Raises `UnusableFile`."""
    items = _Items(longest)
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(items)
    number = 0
    try:
        for index, piece in enumerate(pieces):
            if index == 0:
                _refuse_other_encodings(piece)
            items.silent += len(piece)
            parser.feed(piece.lstrip("\ufeff \t\r\n") if index == 0 else piece)
            if items.silent > longest:
                raise UnusableFile(f"An XML tag or comment is longer than {longest:,} characters.")
            for cells in items.done:
                number += 1
                yield number, cells
            items.done.clear()
        parser.close()
    except DefusedXmlException as error:
        raise UnusableFile(
            "The XML declares a document type or entities, which is refused: remove <!DOCTYPE>."
        ) from error
    except SAXParseException as error:
        raise UnusableFile(
            f"Not well-formed XML at line {error.getLineNumber()}, "
            f"column {error.getColumnNumber()}: {error.getMessage()}.",
            line=error.getLineNumber(),
        ) from error


def _refuse_other_encodings(head: str) -> None:
    found = ENCODING.search(head[:400])
    if found and found[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise UnusableFile(f"The XML says it is {found[1]}: save it as UTF-8 and say so.")
