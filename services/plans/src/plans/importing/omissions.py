"""What a printed plan left out or contradicts: blanks, attachments, counts that do not fit, topics that nobody leads."""

import re
from collections.abc import Iterator, Sequence

from plans.importing.draft import Span, TopicDraft, WarningDraft
from plans.importing.lines import Line
from plans.importing.outline import Node, outline_of, walk
from plans.importing.outline_marks import number_of
from plans.importing.section_kinds import kind_of
from plans.importing.spellings import plain
from plans.importing.tags import tags_in
from plans.importing.unit_names import is_masked

_ROSTER = re.compile("^(?P<post>(?:常务)?(?:第一)?(?:副?组长|成员|组员|副?主任|副?总指挥|总指挥|指挥长)):*(?P<names>.*)$")
_QUOTA = re.compile(
    r"(?<![\d年月])(?:\( {0,4}\)|_{2,12}|(?<![A-Za-z×*])[×xX*○]{2,6}) {0,2}"
    r"(?=[多余万亿千百]?(?:平方|公里|人|户|个|家|栋|所|亩|元|吨|次|场|处|名|%|份|辆|座|条|起))"
    r"|(?:存在问题|共有?|达到|不少于|任务|面积)\( {0,4}\)"
)
_ATTACHMENT = re.compile("附件 ?(?P<n>[0-9]{1,2}|[一二三四五六七八九十]{1,2})?")
_ATTACHED = re.compile("^附件 ?(?P<n>[0-9]{1,2}|[一二三四五六七八九十]{1,2})? ?:?(?P<name>.{0,60})$")
_FOOTER = re.compile("^(?:附件|抄送|抄报|印发|主送|联系人|公开方式|此件)|[0-9〇一二三四五六七八九]{4}年.{1,6}日$")
_STAGES = re.compile("分(?:为)?(?P<n>[一二三四五六七八九两]|[2-9])个?(?:阶段|步骤)")
_LISTED = re.compile(
    "(?:分|共|围绕|聚焦)[^,。;]{0,6}?(?P<n>[一二三四五六七八九十两]{1,3}|[0-9]{1,2})个(?:专题|专项|方面|领域|重点领域)"
    "(?:和(?P<m>[0-9]{1,2}|[一二三四五六七八九十]{1,3})个(?:专题|专项|行业领域|领域|重点行业领域))?"
)

SHORTEST_TEXT = 300
"""A text of fewer characters proves nothing about its title."""
FEWEST_TOPICS = 3

# Subjects of campaigns: a title that names one of them and a text that never does contradict each other.
_SUBJECTS = {
    "校园|学校|教育系统|技工院校": "校|学生|教育",
    "消防": "消防|火灾|防火",
    "森林|林区": "森林|林区|林地|防火",
    "危险化学品|危化": "危险化学品|危化|化工",
    "道路|交通": "交通|道路|车辆|公路",
    "燃气": "燃气|液化气|天然气",
    "建筑|施工|工地": "建筑|施工|工地|工程",
    "食品": "食品|餐饮|食堂",
    "医院|卫生": "医院|医疗|卫生",
    "脱贫|扶贫": "脱贫|扶贫|贫困",
    "养老": "养老|老年|老人",
    "矿山": "矿",
    "渔业|渔船": "渔",
    "特种设备|电梯": "特种设备|电梯|锅炉",
    "招工|就业": "招工|就业|用工|招聘",
    "旅游": "旅游|景区|游客",
    "水利|防汛": "水|汛",
}


def omissions_in(lines: Sequence[Line], topics: Sequence[TopicDraft]) -> tuple[WarningDraft, ...]:
    """Warnings of one plan in the order of their codes, each with the lines that it is about."""
    return (
        *_blank_leaders(lines),
        *_blank_quotas(lines),
        *_missing_attachments(lines),
        *_contradictions(lines),
        *_skipped_numbers(outline_of(lines)),
        *_double_roles(topics),
        *_without_lead(topics),
    )


def _warning(code: str, message: str, span: Span | None) -> WarningDraft:
    return WarningDraft(code=code, message=message, span=span)


def _blank_leaders(lines: Sequence[Line]) -> Iterator[WarningDraft]:
    for line in lines:
        text = line.text.strip()
        roster = _ROSTER.match(plain(text)) if len(text) <= 60 else None
        if roster:
            names = [name for name in re.split("[、,:。 ]", roster["names"]) if name]
            if (":" in plain(text)) and all(is_masked(name) for name in names if name not in {"组长", "副组长", "成员"}):
                yield _warning("blank_leader", f"“{roster['post']}”没有写明是谁", (line.number, line.number))
        elif any(tag.content.blank for tag in tags_in(text)):
            yield _warning("blank_leader", "责任单位或责任人空缺,请补填", (line.number, line.number))


def _blank_quotas(lines: Sequence[Line]) -> Iterator[WarningDraft]:
    for line in lines:
        count = len(_QUOTA.findall(plain(line.text)))
        if count:
            yield _warning("blank_quota", f"有 {count} 处数量空缺,请补填", (line.number, line.number))


def _missing_attachments(lines: Sequence[Line]) -> Iterator[WarningDraft]:
    named: dict[str, int] = {}
    present: set[str] = set()
    for at, line in enumerate(lines):
        text = plain(line.text.strip())
        heading = _ATTACHED.match(text)
        if heading and "。" not in text:
            if _has_content(lines[at + 1 : at + 12]):
                present.add(heading["n"] or "")
            elif heading["name"].strip():
                named.setdefault(heading["n"] or "", line.number)
            continue
        for mention in _ATTACHMENT.finditer(text):
            named.setdefault(mention["n"] or "", line.number)
    for number, first in named.items():
        if number not in present and not (number in {"", "1"} and present):
            yield _warning("missing_attachment", f"文中提到附件{number},文件里没有找到", (first, first))


def _has_content(following: Sequence[Line]) -> bool:
    """Two lines of text that are neither other attachments' names nor a signature."""
    texts = [plain(line.text.strip()) for line in following if line.text.strip()]
    return sum(not _FOOTER.search(text) and (len(text) > 12 or "|" in text or "\t" in text) for text in texts) >= 2


def _contradictions(lines: Sequence[Line]) -> Iterator[WarningDraft]:
    root = outline_of(lines)
    yield from _title_against_text(root, lines)
    for section in walk(root):
        for line in section.lines:
            stages = _STAGES.search(plain(line.text))
            if stages is not None:
                yield from _stage_count(section, line, number_of(stages["n"]))
    yield from _topic_count(root)


def _title_against_text(root: Node, lines: Sequence[Line]) -> Iterator[WarningDraft]:
    title = next((line for line in root.lines if _is_title(line.text.strip())), None)
    if title is None:
        return
    text = "".join(line.text for line in lines if line.number > title.number)
    if len(text) < SHORTEST_TEXT:
        return
    for words, expected in _SUBJECTS.items():
        named = re.search(words, title.text)
        if named and not re.search(expected, text):
            yield _warning("heading_contradicts", f"标题写“{named.group()}”,正文没有相关内容", (title.number, title.number))


def _is_title(text: str) -> bool:
    return len(text) <= 60 and text.endswith(("方案", "计划"))


def _stage_count(section: Node, line: Line, announced: int | None) -> Iterator[WarningDraft]:
    # Above the first heading, the phases are those of the first section.
    listed = section.children[0].children if section.form == "root" and section.children else section.children
    printed = [child for child in listed if kind_of(child.title) == "phase"] or listed
    if announced and printed and announced not in {len(printed), len(listed)}:
        span = (line.number, section.span()[1])
        yield _warning("heading_contradicts", f"写明分 {announced} 个阶段,实际列出 {len(printed)} 个", span)


def _topic_count(root: Node) -> Iterator[WarningDraft]:
    """重点分2个专题和14个领域, and another number of headings below."""
    for at, section in enumerate(root.children):
        following = root.children[at + 1 : at + 2] if section.children else []
        for line in section.all_lines():
            listed = _LISTED.search(plain(line.text))
            if listed is None:
                continue
            announced = (number_of(listed["n"]) or 0) + (number_of(listed["m"] or "零") or 0)
            listing = following if line not in section.lines else [section]
            printed = sum(len(each.children) for each in listing)
            if min(announced, printed) >= FEWEST_TOPICS and announced != printed:
                span = (line.number, listing[0].span()[1])
                yield _warning("heading_contradicts", f"写明共 {announced} 项,实际列出 {printed} 项", span)


def _skipped_numbers(root: Node) -> Iterator[WarningDraft]:
    for parent in walk(root):
        for elder, younger in zip(parent.children, parent.children[1:], strict=False):
            numbered = elder.number is not None and younger.number is not None and elder.form == younger.form
            if numbered and younger.number != (elder.number or 0) + 1 and elder.form != "item":
                line = younger.first_line()
                yield _warning("number_skipped", f"编号由 {elder.number} 跳到 {younger.number},请核对是否有缺漏", (line, line))


def _double_roles(topics: Sequence[TopicDraft]) -> Iterator[WarningDraft]:
    said: set[tuple[str, Span]] = set()
    for topic in topics:
        for task in topic.tasks:
            for name in task.leads:
                if name in task.supports and (name, task.span) not in said:
                    said.add((name, task.span))
                    yield _warning("unit_in_both_roles", f"“{name}”在同一任务里既牵头又配合", task.span)


def _without_lead(topics: Sequence[TopicDraft]) -> Iterator[WarningDraft]:
    """Topics that nobody leads; one warning for the plan where it names no unit at all."""
    bare = [topic for topic in topics if not topic.leads and not any(_led(topic))]
    if bare and len(bare) == len(topics):
        span = (topics[0].span[0], topics[-1].span[1])
        yield _warning("no_responsible_units", "整个方案没有写明任何责任单位", span)
        return
    for topic in bare:
        yield _warning("topic_without_lead", f"“{topic.title}”没有写明牵头单位", topic.span)


def _led(topic: TopicDraft) -> Iterator[bool]:
    for task in topic.tasks:
        yield bool(task.leads or task.responsible)
