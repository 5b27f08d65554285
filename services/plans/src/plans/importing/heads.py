"""What stands above (and, as a signature, below) the text of one plan: title, number, issuer, date, basis."""

import re
from collections.abc import Sequence
from datetime import date

from plans.importing.basis import basis_in, is_number_line, number_in
from plans.importing.draft import HeadDraft, TopicDraft, WarningDraft
from plans.importing.lines import Line
from plans.importing.omissions import omissions_in
from plans.importing.outline_marks import heading_of
from plans.importing.spellings import plain
from plans.importing.titles import EXPLICIT, derived_title, printed_title
from plans.importing.unit_names import is_post, is_unit, split_units

LONGEST_HEAD = 40
"""Lines above the first heading that are looked at; more is text whose headings were lost."""
LONGEST_SIGNER = 45
LONGEST_HEAD_UNITS = 80
_NEAR_TITLE = 5
LONGEST_SIGNATURE = 12
"""Lines at the end in which a signature may stand."""

_META = re.compile(
    "^[•·*\\- ]*(?P<label>发文机关|发布机构|制发机关|印发机关|印发单位|发文单位|发布单位|发文字号|文号|文件编号|"
    "成文日期|发文日期|印发日期|"
    "生成日期|标题|名称|文件名称)"
    "(?: ?: ?|(?<=号)(?:大概|暂定|拟)?[是为定] ?:? ?)(?P<value>.+)$"
)
_FAR_APART = re.compile(r"\s{2,}")
_ISSUERS = ("发文机关", "制发机关", "印发机关", "印发单位", "发文单位", "发布机构", "发布单位")
_NUMBERS = ("发文字号", "文号", "文件编号")
_DATES = ("成文日期", "发文日期", "印发日期", "生成日期")
_BELOW = frozenset((*_ISSUERS, *_NUMBERS, "成文日期", "发文日期"))
"""What may also be said below the text."""
_DAY = re.compile(r"(?P<year>(?:19|20)\d{2}) ?[年./-] ?(?P<month>\d{1,2}) ?[月./-] ?(?P<day>\d{1,2}) ?日?")
_CJK_DAY = re.compile(
    "(?P<year>[一二三四五六七八九〇零○O]{4})年(?P<month>[一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})日"
)
_CJK_DIGITS = {mark: str(value) for value, mark in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "O": "0"}
_TITLE_ISSUER = re.compile(
    "^(?!为|根据|深入|通过|按照)(?P<issuer>[^《》,。;:]{4,60}?)(?:关于|印发)[^。]{4,120}(?:通知|方案|计划|意见)$"
)
_ADDRESSED = re.compile("(?:单位|部门|机构|企业|组织|人员|机关)$")
_RED_HEAD = re.compile("^(?P<issuer>[^《》,。;:]{4,40}?)文件$")


def head_of(lines: Sequence[Line]) -> HeadDraft:
    """The head of one plan. A title that nothing prints is made from the first sentence, with a lower `title_confidence`."""
    text = [line for line in lines if line.text.strip()]
    above = _above(text)
    head = [line.text.strip() for line in above]
    tail = _meta([line.text.strip() for line in text[-LONGEST_SIGNATURE:]])
    meta = {label: value for label, value in tail.items() if label in _BELOW} | _meta(head)
    body = [line for line in above if not _META.match(plain(line.text.strip()))]
    title, confidence = _title(meta, [line.text.strip() for line in body])
    signed = _signature([line.text.strip() for line in above]) or _signature(
        [line.text.strip() for line in text[-LONGEST_SIGNATURE:]]
    )
    return HeadDraft(
        title=title,
        title_confidence=confidence,
        document_number=_number(meta, body),
        issuer=(signed[0] if signed else None) or _first(meta, _ISSUERS) or _issuer_above(head),
        issued_on=_day(_first(meta, _DATES) or "") or (signed[1] if signed else None) or _day_below_title(head),
        basis=basis_in([line for line in body if line.text.strip() != title]),
    )


def warnings_in(lines: Sequence[Line], topics: Sequence[TopicDraft] = ()) -> tuple[WarningDraft, ...]:
    """What a person must look at in one plan: blanks, what is named and missing, contradictions, topics without a lead."""
    head = head_of(lines)
    found = list(omissions_in(lines, topics))
    if head.title_confidence < EXPLICIT and lines:
        span = (lines[0].number, lines[0].number)
        code = "title_derived" if head.title else "title_missing"
        message = f"原文没有标题,暂拟为“{head.title}”,请核对" if head.title else "原文没有标题,请填写"
        found.insert(0, WarningDraft(code=code, message=message, span=span))
    return tuple(found)


def _above(text: Sequence[Line]) -> list[Line]:
    """The lines above the first heading; 附件 over an attached plan is none."""
    found: list[Line] = []
    for line in text[:LONGEST_HEAD]:
        heading = heading_of(line.text.strip())
        if heading is not None and heading.form != "attachment":
            break
        found.append(line)
    return found


def _meta(head: Sequence[str]) -> dict[str, str]:
    """What a web page prints around a document: 发文字号:…."""
    found: dict[str, str] = {}
    for text in head:
        match = _META.match(plain(text))
        if match:
            # Web pages print several of these in one line, far apart: 发布单位:…   发布时间:…
            found.setdefault(match["label"], _FAR_APART.split(text[match.start("value") :].strip())[0])
    return found


def _first(meta: dict[str, str], labels: Sequence[str]) -> str | None:
    return next((meta[label] for label in labels if label in meta), None)


def _title(meta: dict[str, str], head: Sequence[str]) -> tuple[str, float]:
    printed = printed_title(head) or _first(meta, ("标题", "名称", "文件名称"))
    if printed:
        return printed, EXPLICIT
    return derived_title(head)


def _number(meta: dict[str, str], body: Sequence[Line]) -> str | None:
    printed = _first(meta, _NUMBERS)
    if printed:
        return number_in(printed) or printed
    for line in body:
        if is_number_line(line.text):
            return line.text.strip()
    # 某县人民政府文件 甲政发〔2020〕1号 stands in one short line; numbers in sentences belong to other documents.
    short = (line.text.strip() for line in body if len(line.text.strip()) <= 50)
    return next((number for text in short if "《" not in text and "。" not in text and (number := number_in(text))), None)


def _signature(texts: Sequence[str]) -> tuple[str | None, date] | None:
    """The units above a line that holds only a date."""
    for at, text in enumerate(texts):
        day = _day_line(text)
        if day is None:
            continue
        units: list[str] = []
        for above in reversed(texts[max(0, at - 4) : at]):
            if not is_unit(above) or len(above) > LONGEST_SIGNER or _META.match(plain(above)):
                break
            units.insert(0, above)
        if units:
            return "、".join(units), day
        beside = text[: _day_place(text)].strip()
        if is_unit(beside):
            return beside, day
    return None


def without_signature(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines of a plan without the units and the day that it is signed by at its end."""
    end = len(lines)
    while end and not lines[end - 1].text.strip():
        end -= 1
    if not end or _day_line(lines[end - 1].text.strip()) is None:
        return lines
    end -= 1
    while end and is_unit(above := lines[end - 1].text.strip()) and len(above) <= LONGEST_SIGNER:
        end -= 1
    return lines[:end]


def _day_line(text: str) -> date | None:
    """The day of a line that ends in a date and holds at most a unit beside it."""
    flat = plain(text).strip("() ")
    place = _day_place(flat)
    if place < 0 or len(flat) > 70:
        return None
    rest = flat[place:]
    match = _DAY.fullmatch(rest) or _CJK_DAY.fullmatch(rest)
    return _day(text) if match and (not flat[:place].strip() or is_unit(flat[:place].strip())) else None


def _day_place(text: str) -> int:
    found = _DAY.search(plain(text)) or _CJK_DAY.search(text)
    return found.start() if found else -1


def _day(text: str) -> date | None:
    found = _DAY.search(plain(text))
    if found:
        return _valid(int(found["year"]), int(found["month"]), int(found["day"]))
    written = _CJK_DAY.search(text)
    if not written:
        return None
    year = "".join(_CJK_DIGITS[mark] for mark in written["year"])
    return _valid(int(year), _cjk(written["month"]), _cjk(written["day"]))


def _cjk(printed: str) -> int:
    tens, ten, ones = printed.rpartition("十")
    value = int(_CJK_DIGITS.get(ones, "0"))
    return value if not ten else value + 10 * int(_CJK_DIGITS.get(tens, "1"))


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _issuer_above(head: Sequence[str]) -> str | None:
    for text in head[:8]:
        found = _RED_HEAD.match(plain(text)) or _TITLE_ISSUER.match(plain(text))
        if found and is_unit(text[: found.end("issuer")]):
            return text[: found.end("issuer")]
    return next((named for text in head[:_NEAR_TITLE] if (named := _units_line(text))), None)


def _units_line(text: str) -> str | None:
    """A line near the title that holds names of units and nothing else; addressees end in a colon or say 各."""
    if len(text) > LONGEST_HEAD_UNITS or "各" in text or plain(text)[-1:] in {":", ",", "。"} or _META.match(plain(text)):
        return None
    names = split_units(text).names
    told = bool(names) and all(is_unit(name) and not is_post(name) and not _ADDRESSED.search(name) for name in names)
    return "、".join(names) if told else None


def _day_below_title(head: Sequence[str]) -> date | None:
    return next((day for text in head[:8] if text[:1] in "(\uff08" and (day := _day_line(text))), None)
