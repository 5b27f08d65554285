"""The ledger (台账) as a sheet: its columns as the documents name them, who sees which, and how a row reads.

Import and export share the table. What a row says of its own must fit together; whether its units exist, and whether it lies in
the future, is for whoever imports it. A row is imported as waiting, as being rectified or as closed: what lies between rests on
acts and evidence that no ledger holds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from pydantic import model_validator

from contracts.values import Amount, Instant, Name, Text
from hazards.domain.policy import ZONE
from hazards.domain.record import Grade, Hazard, Stage, Value
from hazards.domain.rows import Cell, Column, Reader, RowError
from hazards.domain.states import State

Kind = Literal["text", "code", "number", "choice", "moment", "day"]
"""`moment`: a local date with or without a time. `day`: a date that counts until 24:00 of it, or an instant."""

ALL: Final = frozenset({"submitter", "office", "supervisor", "auditor", "agency", "admin"})
INSIDE: Final = ALL - {"agency", "admin"}
"""Along the line of the hazard's unit: other bodies and those who run the platform need not know the exact place."""
PERSONS: Final = INSIDE - {"submitter"}
"""Who may see who is named in a ledger."""
REDACTED: Final = "（不公开）"

_NAME: Final = 200
_TEXT: Final = 4000
_TEN_THOUSAND: Final = 10_000
_MOST_YUAN: Final = Decimal(10) ** 15 - 1


@dataclass(frozen=True, slots=True)
class LedgerColumn(Column):
    """A column of the ledger. `imported` ones are read; the others are for readers of an export and are passed over on import."""

    kind: Kind = "text"
    roles: frozenset[str] = ALL
    imported: bool = True


COLUMNS: Final = (
    LedgerColumn("sequence", "序号", "No.", kind="number", imported=False),
    LedgerColumn("number", "隐患编号", "Hazard number", aliases=("编号",)),
    LedgerColumn("title", "隐患名称", "Title", required=True, aliases=("隐患", "问题隐患", "名称")),
    LedgerColumn("category", "隐患类别", "Category", required=True, aliases=("类别", "隐患类型", "类型")),
    LedgerColumn("grade", "隐患等级", "Grade", kind="choice", aliases=("等级", "隐患级别")),
    LedgerColumn("unit", "所在单位", "Unit", required=True, aliases=("单位", "属地", "所属单位")),
    LedgerColumn("enterprise", "企业名称", "Enterprise", aliases=("企业", "生产经营单位", "场所名称")),
    LedgerColumn("enterprise_code", "统一社会信用代码", "Enterprise code", kind="code", aliases=("社会信用代码", "信用代码")),
    LedgerColumn("address", "详细地址", "Address", roles=INSIDE, aliases=("地址", "隐患地点", "具体位置")),
    LedgerColumn("found_at", "发现时间", "Found at", required=True, kind="moment", aliases=("排查时间", "检查时间")),
    LedgerColumn("stage", "发现方式", "Found by", kind="choice", aliases=("来源", "隐患来源")),
    LedgerColumn("discoverer", "发现人", "Discoverer", roles=PERSONS, aliases=("排查人", "检查人", "检查单位")),
    LedgerColumn("description", "隐患描述", "Description", aliases=("描述", "隐患内容", "具体情况")),
    LedgerColumn("clause", "依据条款", "Clause", aliases=("依据", "法律依据", "违反条款")),
    LedgerColumn("measures", "整改措施", "Measures", aliases=("措施", "治理措施")),
    LedgerColumn("responsible", "整改责任单位", "Responsible unit", aliases=("责任单位", "整改单位")),
    LedgerColumn("responsible_person", "整改责任人", "Responsible person", roles=PERSONS, aliases=("责任人",)),
    LedgerColumn("funds", "整改资金(元)", "Funds (yuan)", kind="number", aliases=("整改资金", "资金", "资金(元)")),
    LedgerColumn("funds_wan", "整改资金(万元)", "Funds (10 000 yuan)", kind="number", aliases=("资金(万元)",)),
    LedgerColumn("due", "整改时限", "Due", kind="day", aliases=("整改期限", "完成时限", "整改完成时限", "时限")),
    LedgerColumn("contingency", "应急预案", "Contingency plan", aliases=("预案", "应急措施")),
    LedgerColumn("state", "状态", "State", kind="choice", aliases=("整改状态", "整改情况", "当前状态")),
    LedgerColumn("accepted_by", "验收人", "Accepted by", roles=PERSONS, aliases=("验收人员", "验收单位")),
    LedgerColumn("closed_at", "销号时间", "Closed at", kind="moment", aliases=("销案时间", "销账时间", "完成时间")),
    LedgerColumn("overdue", "是否逾期", "Overdue", imported=False, aliases=("逾期",)),
    LedgerColumn("note", "备注", "Note", roles=INSIDE),
)
BY_KEY: Final = MappingProxyType({column.key: column for column in COLUMNS})
EXPORTED: Final = tuple(column for column in COLUMNS if column.key != "funds_wan")

GRADE_WORDS: Final = MappingProxyType[Grade, str]({"general": "一般", "major": "重大"})
STAGE_WORDS: Final = MappingProxyType[Stage, str](
    {
        "self_check": "自查",
        "open_inspection": "明查",
        "covert_inspection": "暗访",
        "authority": "上级交办",
        "public": "群众举报",
        "sensor": "监测报警",
        "audit": "审计",
    }
)
STATE_WORDS: Final = MappingProxyType[State, str](
    {
        "reported": "已上报",
        "registered": "已登记",
        "graded": "已定级",
        "ordered": "整改中",
        "deferred": "限期整改",
        "monitored": "监控中",
        "transferred": "移交中",
        "submitted": "待验收",
        "accepted": "已验收",
        "signed": "已签字",
        "closed": "已销号",
        "dismissed": "其他处理",
    }
)
"""As an export prints them."""

Standing = Literal["reported", "ordered", "closed"]
"""What an imported row can be: a hazard that waits, one that is being rectified, or one that was closed before."""
_STANDINGS: Final = MappingProxyType[str, Standing](
    {
        **dict.fromkeys(("已上报", "已登记", "已定级", "未整改", "reported"), "reported"),
        **dict.fromkeys(("整改中", "正在整改", "限期整改", "ordered"), "ordered"),
        **dict.fromkeys(("已销号", "已销案", "已销账", "销号", "销案", "销账", "closed"), "closed"),
    }
)
_GRADES: Final = MappingProxyType[str, Grade](
    {word + ending: grade for grade, word in GRADE_WORDS.items() for ending in ("", "隐患", "事故隐患")}
    | {grade: grade for grade in GRADE_WORDS}
)
_STAGES: Final = MappingProxyType[str, Stage](
    {word: stage for stage, word in STAGE_WORDS.items()}
    | {stage: stage for stage in STAGE_WORDS}
    | {
        "自查自改": "self_check",
        "明察": "open_inspection",
        "检查": "open_inspection",
        "暗查": "covert_inspection",
        "举报": "public",
    }
)
ELEMENTS: Final = ("measures", "responsible", "funds", "due", "contingency")
"""The five elements of an order (五到位); none may be blank."""


class Draft(Value):
    """A row of an existing ledger, read. Units are named by code or name. `number` is what the ledger called it, never ours."""

    row: int
    number: Name | None = None
    title: Text
    category: Name
    grade: Grade | None = None
    unit: Name
    enterprise: Name | None = None
    enterprise_code: Name | None = None
    address: Text | None = None
    found_at: Instant
    stage: Stage = "self_check"
    discoverer: Name | None = None
    description: Text | None = None
    clause: Text | None = None
    measures: Text | None = None
    responsible: Name | None = None
    responsible_person: Name | None = None
    funds: Amount | None = None
    due: Instant | None = None
    contingency: Text | None = None
    standing: Standing = "reported"
    accepted_by: Name | None = None
    closed_at: Instant | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "Draft":
        if (self.standing == "closed") != (self.closed_at is not None):
            raise ValueError("closed and closed_at go together")
        return self


def parsed(row: int, cells: Mapping[str, Cell]) -> Draft | list[RowError]:
    """Read a row (`rows.headed` with `COLUMNS` gives it): a draft, or everything that is wrong with it."""
    reader = Reader(row, cells, BY_KEY)
    found_at, closed_at = reader.local("found_at", ZONE), reader.local("closed_at", ZONE)
    due, funds = reader.local("due", ZONE, end_of_day=True), _funds(reader)
    standing = reader.choice("state", _STANDINGS) or ("closed" if closed_at is not None else "reported")
    values: dict[str, object] = {
        "grade": reader.choice("grade", _GRADES),
        "stage": reader.choice("stage", _STAGES) or "self_check",
        "enterprise_code": reader.code("enterprise_code"),
        **{key: reader.text(key, _NAME) for key in ("number", "category", "unit", "enterprise", "discoverer")},
        **{key: reader.text(key, _NAME) for key in ("responsible", "responsible_person", "accepted_by")},
        **{key: reader.text(key, _TEXT) for key in ("title", "address", "description", "clause")},
        **{key: reader.text(key, _TEXT) for key in ("measures", "contingency", "note")},
    }
    values |= {"found_at": found_at, "due": due, "funds": funds, "closed_at": closed_at, "standing": standing}
    _judge(reader, standing, values)
    return reader.errors or Draft.model_validate({"row": row, **values})


def _funds(reader: Reader) -> Decimal | None:
    yuan = reader.number("funds", Decimal(0), _MOST_YUAN, 2)
    wan = reader.number("funds_wan", Decimal(0), _MOST_YUAN / _TEN_THOUSAND, 6)
    if "funds" in reader.cells and "funds_wan" in reader.cells:
        reader.wrong("funds_wan", "资金只填一列，元或万元")
    return wan * _TEN_THOUSAND if wan is not None else yuan


def _judge(reader: Reader, standing: Standing, values: Mapping[str, object]) -> None:
    """What a row says must fit together. What could not be read is told already."""
    found_at, due, closed_at = values["found_at"], values["due"], values["closed_at"]
    for key, cell in reader.cells.items():
        if cell == REDACTED:
            reader.wrong(key, "已隐去的内容不能导入")
    if standing == "ordered":
        for key in ELEMENTS:
            if values[key] is None and not reader.cells.keys() & {key, f"{key}_wan"}:
                reader.wrong(key, "整改中的隐患，五要素（措施、责任单位、资金、时限、预案）都要填")
    if standing == "closed" and "closed_at" not in reader.cells:
        reader.wrong("closed_at", "已销号的隐患要填销号时间")
    if standing != "closed" and closed_at is not None:
        reader.wrong("state", "填了销号时间，状态应为已销号")
    if isinstance(found_at, datetime) and isinstance(due, datetime) and due <= found_at:
        reader.wrong("due", "早于发现时间")
    if isinstance(found_at, datetime) and isinstance(closed_at, datetime) and closed_at < found_at:
        reader.wrong("closed_at", "早于发现时间")


def header() -> list[str]:
    """The header of an exported ledger."""
    return [column.chinese for column in EXPORTED]


def printed(values: Iterable[Mapping[str, Cell | None]], roles: Collection[str]) -> Iterator[list[Cell | None]]:
    """The rows of an exported ledger, numbered, with `REDACTED` where none of the roles may see what is there."""
    hidden = {column.key for column in EXPORTED if column.roles.isdisjoint(roles)}
    for sequence, row in enumerate(values, start=1):
        cells = {**row, "sequence": Decimal(sequence)}
        yield [
            REDACTED if column.key in hidden and cells.get(column.key) is not None else cells.get(column.key)
            for column in EXPORTED
        ]


def local(instant: datetime) -> datetime:
    """An instant as a cell."""
    return instant.astimezone(ZONE).replace(tzinfo=None)


def last_day(instant: datetime) -> datetime:
    """A time limit as a cell: a limit at 24:00 of a day is printed as that day, which is how it is read again."""
    moment = local(instant)
    return moment - timedelta(days=1) if moment.time() == time() else moment


def row_of(hazard: Hazard, names: Mapping[str, str], now: datetime) -> dict[str, Cell | None]:
    """A hazard as a row of an export, by the keys of the columns; `names` of units by their codes."""
    details, order = hazard.details, hazard.order
    owner = details.owner
    return {
        "number": hazard.number,
        "title": hazard.title,
        "category": hazard.category,
        "grade": GRADE_WORDS[hazard.grade] if hazard.grade else None,
        "unit": names.get(hazard.unit, hazard.unit),
        "enterprise": owner.name if owner else None,
        "enterprise_code": owner.code if owner else None,
        "address": details.location.address if details.location else None,
        "found_at": local(hazard.occurred_at),
        "stage": STAGE_WORDS[details.stage],
        "discoverer": details.discoverer,
        "description": hazard.description,
        "clause": details.basis.clause if details.basis else None,
        "measures": order.measures if order else None,
        "responsible": names.get(order.responsible, order.responsible) if order else None,
        "responsible_person": order.person if order else None,
        "funds": order.funds if order else None,
        "due": last_day(order.due_at) if order else None,
        "contingency": order.contingency if order else None,
        "state": STATE_WORDS[hazard.state],
        "accepted_by": _accepted_by(hazard, names),
        "closed_at": local(hazard.closing.at) if hazard.closing else None,
        "overdue": "是" if hazard.overdue(now) is not None else "否",
        "note": hazard.imported.note if hazard.imported else None,
    }


def _accepted_by(hazard: Hazard, names: Mapping[str, str]) -> str | None:
    bodies = "、".join(names.get(each.unit, each.unit) for each in hazard.acceptances)
    return bodies or (hazard.imported.accepted_by if hazard.imported else None)
