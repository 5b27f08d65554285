"""Workbooks made for the tests."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

Fill = Callable[[Any, Any], None]


@pytest.fixture
def workbook() -> Callable[..., bytes]:
    """`workbook(fill, name=fill, …)`: an XLSX; each `fill(sheet, book)` writes a sheet."""

    def make(first: Fill, **others: Fill) -> bytes:
        made = io.BytesIO()
        with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
            for name, fill in {"台账": first, **others}.items():
                fill(book.add_worksheet(name), book)
        return made.getvalue()

    return make


@pytest.fixture
def repacked() -> Callable[..., bytes]:
    """`repacked(xlsx, **{"xl/part": content})`: the package with parts added or replaced."""

    def make(content: bytes, parts: dict[str, bytes]) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                if name not in parts:
                    new.writestr(name, old.read(name))
            for name, part in parts.items():
                new.writestr(name, part)
        return made.getvalue()

    return make
