"""The library of standard hazards (标准隐患库): what each is called, which clause it breaks, and what is usually done about it.

Every unit may publish entries of its own; for a unit the entry of its nearest ancestor that has the code holds. An entry is never
changed: what is published anew under its code is its next version, and a hazard keeps the version that it was registered by.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.values import Key, Name, Text, UnitCode
from hazards.domain.record import Grade
from hazards.domain.rows import Column, Reader, Row, RowError, WrongHeaderError, headed

DayKind = Literal["calendar", "working"]

MOST_DAYS: Final = 366
MOST_WORKING_DAYS: Final = 250
MOST_ERRORS: Final = 1000
"""What is wrong beyond so many errors is not told; the sheet is to be mended first."""

_NAME: Final = 200
_TEXT: Final = 4000

COLUMNS: Final = (
    Column("code", "编号", "Code", required=True, aliases=("隐患编号", "标准编号", "条目编号")),
    Column("category", "隐患类别", "Category", required=True, aliases=("类别", "分类")),
    Column("title", "隐患名称", "Title", required=True, aliases=("名称", "标题")),
    Column("description", "隐患描述", "Description", aliases=("描述", "隐患内容")),
    Column("clause", "依据条款", "Clause", required=True, aliases=("依据", "法律依据", "条款")),
    Column("grade", "隐患等级", "Grade", aliases=("等级", "默认等级", "隐患级别")),
    Column("measure", "整改措施", "Measure", aliases=("标准措施", "标准整改措施", "措施")),
    Column("days", "整改天数", "Days", aliases=("默认天数", "整改期限(天)", "天数")),
    Column("day_kind", "天数类型", "Kind of days", aliases=("day_kind", "日期类型", "天数口径")),
)
_BY_KEY: Final = MappingProxyType({column.key: column for column in COLUMNS})

GRADES: Final = MappingProxyType[str, Grade](
    {
        "一般": "general",
        "重大": "major",
        "一般隐患": "general",
        "重大隐患": "major",
        "一般事故隐患": "general",
        "重大事故隐患": "major",
        "general": "general",
        "major": "major",
    }
)
DAY_KINDS: Final = MappingProxyType[str, DayKind](
    {"自然日": "calendar", "日历日": "calendar", "工作日": "working", "calendar": "calendar", "working": "working"}
)


class Standard(BaseModel):
    """A standard hazard as it is published. Grade and days are defaults: None means that there is none, never zero."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Key
    category: Name
    title: Name
    description: Text | None = None
    clause: Text
    grade: Grade | None = None
    measure: Text | None = None
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = None
    day_kind: DayKind | None = None

    @model_validator(mode="after")
    def _days_have_a_kind(self) -> Self:
        if (self.days is None) != (self.day_kind is None):
            raise ValueError("days and day_kind go together")
        if self.day_kind == "working" and self.days is not None and self.days > MOST_WORKING_DAYS:
            raise ValueError(f"at most {MOST_WORKING_DAYS} working days")
        return self


class Entry(Standard):
    """An entry of the library: the standard hazard, who publishes it and the version, counted per unit and code from 1."""

    unit: UnitCode
    version: Annotated[int, Field(ge=1)]

    @property
    def standard(self) -> Standard:
        """What it says, apart from who says it."""
        return Standard.model_validate(self.model_dump(include=set(Standard.model_fields)))


def parsed(rows: Iterable[Row]) -> list[Standard] | list[RowError]:
    """Read a sheet of standard hazards: all of it, or what is wrong with it (at most `MOST_ERRORS`)."""
    standards: dict[str, tuple[int, Standard]] = {}
    errors: list[RowError] = []
    try:
        for number, cells in headed(rows, COLUMNS):
            reader = Reader(number, cells, _BY_KEY)
            standard = _standard(reader)
            if standard is not None and standard.code in standards:
                reader.wrong("code", f"与第 {standards[standard.code][0]} 行的编号相同")
            elif standard is not None:
                standards[standard.code] = number, standard
            errors += reader.errors
            if len(errors) >= MOST_ERRORS:
                return errors[:MOST_ERRORS]
    except WrongHeaderError as error:
        return [*errors, *error.errors]
    if errors:
        return errors
    return [standard for _, standard in standards.values()] or [RowError(1, "", "表中没有内容")]


def _standard(reader: Reader) -> Standard | None:
    code, days = reader.code("code"), reader.number("days", Decimal(1), Decimal(MOST_DAYS), 0)
    kind = reader.choice("day_kind", DAY_KINDS)
    if kind is not None and days is None and "days" not in reader.cells:
        reader.wrong("day_kind", "没有整改天数，天数类型应留空")
    category, title, clause = reader.text("category", _NAME), reader.text("title", _NAME), reader.text("clause", _TEXT)
    description, measure = reader.text("description", _TEXT), reader.text("measure", _TEXT)
    grade = reader.choice("grade", GRADES)
    if reader.errors or code is None or category is None or title is None or clause is None:
        return None
    return Standard(
        code=code,
        category=category,
        title=title,
        description=description,
        clause=clause,
        grade=grade,
        measure=measure,
        days=None if days is None else int(days),
        day_kind=None if days is None else kind or "calendar",
    )


def changes(given: Sequence[Standard], newest: Iterable[Entry]) -> tuple[list[tuple[int, Standard]], int]:
    """What an import publishes: each standard that is new or says something new, with its version; and how many are new.

    What says the same as the newest version stays that version.
    """
    known = {entry.code: entry for entry in newest}
    published = [
        (known[each.code].version + 1 if each.code in known else 1, each)
        for each in given
        if each.code not in known or known[each.code].standard != each
    ]
    return published, sum(version == 1 for version, _ in published)
