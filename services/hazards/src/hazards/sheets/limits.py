"""How much of a sheet is read, and why one is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Code = Literal[
    "too_large",
    "too_many_rows",
    "too_many_columns",
    "cell_too_long",
    "row_too_long",
    "encoding",
    "damaged",
    "not_a_sheet",
    "several_sheets",
    "unknown_sheet",
    "protected",
    "macros",
    "external_links",
    "too_slow",
    "too_much_memory",
    "failed",
]

_MESSAGES: Final = MappingProxyType[Code, str](
    {
        "too_large": "文件过大",
        "too_many_rows": "行数过多，请分成几份",
        "too_many_columns": "列数过多，请删去多余的列和表格以外的内容",
        "cell_too_long": "有单元格的内容过长",
        "row_too_long": "有一行的内容过长",
        "encoding": "文字编码无法识别，请另存为 UTF-8 编码的 CSV",
        "damaged": "文件已损坏或格式不完整，请用表格软件重新保存",
        "not_a_sheet": "不是 XLSX 或 CSV 文件，请另存为这两种格式之一",
        "several_sheets": "有多个工作表都有内容，请指明要导入哪一个",
        "unknown_sheet": "没有这个工作表",
        "protected": "文件有打开密码，请去掉密码后再导入",
        "macros": "文件带有宏，请另存为不带宏的 XLSX",
        "external_links": "文件引用了其他工作簿，请把这些单元格改为数值后再导入",
        "too_slow": "读取用时过长，请分成几份",
        "too_much_memory": "读取占用内存过多，请删去表格以外的内容或分成几份",
        "failed": "读取时出错，已作记录",
    }
)


class UnreadableSheet(Exception):  # noqa: N818 - it names what the sheet is
    """The file is not read. `code` is for programs, the text for people."""

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{_MESSAGES[code]}（{detail}）" if detail else _MESSAGES[code])
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sheet may hold. `unpacked_bytes` is of everything in an XLSX together; characters are those of texts."""

    file_bytes: int = 32 * 1024 * 1024
    unpacked_bytes: int = 512 * 1024 * 1024
    rows: int = 100_000
    columns: int = 100
    cell_characters: int = 32_767
    row_characters: int = 200_000

    def check(self, number: int, cells: Sequence[object]) -> None:
        """Refuse a row that holds too much.

        Raises:
            UnreadableSheet: too many rows, columns or characters.
        """
        if number > self.rows:
            raise UnreadableSheet("too_many_rows", f"上限 {self.rows} 行")
        if len(cells) > self.columns:
            raise UnreadableSheet("too_many_columns", f"第 {number} 行有 {len(cells)} 列，上限 {self.columns} 列")
        lengths = [len(cell) for cell in cells if isinstance(cell, str)]
        if max(lengths, default=0) > self.cell_characters:
            raise UnreadableSheet("cell_too_long", f"第 {number} 行，上限 {self.cell_characters} 字")
        if sum(lengths) > self.row_characters:
            raise UnreadableSheet("row_too_long", f"第 {number} 行，上限 {self.row_characters} 字")
