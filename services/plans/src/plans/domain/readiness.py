"""Whether a plan may be issued: what blocks, and what a person should look at first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from plans.domain.content import Content, Inherited, Party, Task, TaskDeadline, Topic
from plans.domain.names import Names, Near
from plans.domain.plan import Text
from plans.domain.tasks.due import due_at

UNTITLED: Final = "(未写明标题)"
"""What a draft is called whose document prints no title; nothing is issued under this name."""
_BLANKS: Final = frozenset("×xX*＊_＿○〇□?？-—")
MAX_NOTES: Final = 500


@dataclass(frozen=True, slots=True)
class Note:
    """What was found. `code` is stable and English, `message` is said to people in Chinese, `field` is the path in the plan."""

    severity: Literal["blocks", "warns"]
    code: str
    field: str
    message: str
    candidates: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the judgement rests on.

    `units` maps every code that the plan names and that exists to whether it is retired; `parents` holds what the higher plans in
    force say.
    """

    units: Mapping[str, bool]
    names: Names
    zone: ZoneInfo
    parents: Mapping[UUID, Content] = field(default_factory=dict)


def readiness(text: Text, facts: Facts, now: datetime, unread: int = 0) -> list[Note]:
    """Return what blocks issuing first, then what warns; at most MAX_NOTES. `unread` items of an import wait for a person."""
    found = [
        *_head(text, unread),
        *_obligations(text, facts),
        *_parties(text.content, facts),
        *_tasks(text.content, facts, now),
        *_parents(text.content, facts),
        *_rest(text.content),
    ]
    return sorted(found, key=lambda note: note.severity)[:MAX_NOTES]


def codes_in(text: Text) -> set[str]:
    """Every unit code that the plan names."""
    recipients = {code for each in text.obligations for code in each.recipients}
    named = {code for each in text.obligations for code in each.reporters.units or ()}
    parties = {party.unit for _, party in parties_in(text.content) if party.unit is not None}
    competent = {rule.unit for rule in text.content.accountability if rule.unit is not None}
    persons = {each.unit for task in text.content.tasks for each in task.responsible if each.unit is not None}
    return recipients | named | parties | competent | persons


def parties_in(content: Content) -> Iterator[tuple[str, Party]]:
    """Every party that topics and tasks name, with its path."""
    for index, topic in enumerate(content.topics):
        for kind in ("leads", "supports"):
            for place, party in enumerate(getattr(topic, kind)):
                yield f"content.topics.{index}.{kind}.{place}", party
    for index, task in enumerate(content.tasks):
        for kind in ("leads", "supports", "territorial", "sector"):
            for place, party in enumerate(getattr(task, kind)):
                yield f"content.tasks.{index}.{kind}.{place}", party


def leads_of(task: Task, topics: Mapping[str, Topic]) -> tuple[Party, ...]:
    """Who leads a task: those it names, else those of its topic."""
    topic = topics.get(task.topic or "")
    return task.leads or (topic.leads if topic is not None else ())


def _head(text: Text, unread: int) -> Iterator[Note]:
    if text.title.strip() == UNTITLED:
        yield Note("blocks", "title_missing", "title", "方案没有标题,请在修改草案时填写标题(title)后再印发")
    if unread:
        yield Note("warns", "review_pending", "review", f"还有{unread}项导入内容没有核对")
    if text.document_number is None:
        yield Note("warns", "document_number_blank", "document_number", "没有发文字号")


def _obligations(text: Text, facts: Facts) -> Iterator[Note]:
    for index, each in enumerate(text.obligations):
        for place, code in enumerate(each.recipients):
            yield from _unit(code, facts, f"obligations.{index}.recipients.{place}")
        for place, named in enumerate(each.reporters.units or ()):
            path = f"obligations.{index}.reporters.units.{place}"
            if facts.units.get(named):
                yield Note("warns", "reporter_retired", path, f"报送单位{named}已撤销")
            elif named not in facts.units and (resolution := facts.names.resolve(named)).unit is None:
                yield Note("warns", "reporter_unknown", path, f"报送单位“{named}”尚未登记", resolution.candidates)


def _parties(content: Content, facts: Facts) -> Iterator[Note]:
    for path, party in parties_in(content):
        if party.unit is not None:
            yield from _unit(party.unit, facts, f"{path}.unit")
        elif party.kind == "unit":
            candidates = facts.names.resolve(party.name).candidates
            yield Note("blocks", "unit_unresolved", path, f"“{party.name}”没有对应到单位树中的单位", candidates)
    for index, rule in enumerate(content.accountability):
        if rule.unit is not None:
            yield from _unit(rule.unit, facts, f"content.accountability.{index}.unit")


def _unit(code: str, facts: Facts, path: str) -> Iterator[Note]:
    retired = facts.units.get(code)
    if retired is None:
        yield Note("blocks", "unit_unknown", path, f"单位{code}不存在")
    elif retired:
        yield Note("blocks", "unit_retired", path, f"单位{code}已撤销")


def _tasks(content: Content, facts: Facts, now: datetime) -> Iterator[Note]:
    topics = {topic.id: topic for topic in content.topics}
    for index, task in enumerate(content.tasks):
        path = f"content.tasks.{index}"
        if not any(party.unit is not None for party in leads_of(task, topics)):
            yield Note("blocks", "task_without_unit", f"{path}.leads", f"任务{task.id}没有责任单位")
        if not task.deadlines:
            yield Note("warns", "task_without_deadline", f"{path}.deadlines", f"任务{task.id}没有完成时限")
        for place, person in enumerate(task.responsible):
            if set(person.name) <= _BLANKS:
                yield Note("warns", "leader_blank", f"{path}.responsible.{place}", f"任务{task.id}的责任人空缺")
        for place, deadline in enumerate(task.deadlines):
            yield from _deadline(task, deadline, f"{path}.deadlines.{place}", facts, now)


def _deadline(task: Task, deadline: TaskDeadline, path: str, facts: Facts, now: datetime) -> Iterator[Note]:
    if deadline.date is None:
        yield Note("warns", "deadline_blank", path, f"任务{task.id}的时限“{deadline.text or ''}”没有确定日期")
        return
    if not deadline.yearly and due_at(deadline.date, deadline.at, facts.zone) <= now:
        yield Note("warns", "deadline_passed", path, f"任务{task.id}的时限{deadline.date}已过,不再计算逾期")
    if deadline.inherited is not None:
        allowed = _allowed(deadline.inherited, facts)
        if allowed != deadline.inherited.date:
            yield Note("warns", "parent_deadline_changed", path, f"上级方案的时限现为{allowed or '未定'}")
        if deadline.date > (allowed or deadline.inherited.date):
            yield Note(
                "warns", "deadline_after_parent", path, f"任务{task.id}的时限晚于上级方案的{allowed or deadline.inherited.date}"
            )


def _allowed(inherited: Inherited, facts: Facts) -> date | None:
    """The day that the higher plan allows now, if it is kept here, else the one that was copied."""
    parent = facts.parents.get(inherited.plan_id)
    if parent is None:
        return inherited.date
    tasks = (task for task in parent.tasks if task.id == inherited.task)
    return next((each.date for task in tasks for each in task.deadlines if each.id == inherited.deadline), None)


def _parents(content: Content, facts: Facts) -> Iterator[Note]:
    for index, each in enumerate(content.parents):
        if each.plan_id is None:
            continue
        parent = facts.parents.get(each.plan_id)
        if parent is None:
            yield Note("blocks", "parent_unknown", f"content.parents.{index}.plan_id", "上级方案不存在或尚未印发")
        elif each.phase is not None and all(phase.id != each.phase for phase in parent.phases):
            yield Note("warns", "parent_phase_unknown", f"content.parents.{index}.phase", f"上级方案没有阶段{each.phase}")


def _rest(content: Content) -> Iterator[Note]:
    for index, phase in enumerate(content.phases):
        if phase.start is not None and phase.end is not None and phase.end < phase.start:
            yield Note("warns", "phase_reversed", f"content.phases.{index}", f"阶段“{phase.name}”结束早于开始")
    used = {task.topic for task in content.tasks}
    for index, topic in enumerate(content.topics):
        if topic.id not in used:
            yield Note("warns", "topic_without_task", f"content.topics.{index}", f"专题“{topic.title[:50]}”没有任务")
    for index, indicator in enumerate(content.indicators):
        target = indicator.target
        if target.value is None and target.direction != "zero":
            yield Note("warns", "quota_blank", f"content.indicators.{index}", f"指标“{indicator.name[:50]}”没有目标值")
        if target.direction == "delta" and target.baseline is None:
            yield Note("warns", "baseline_blank", f"content.indicators.{index}", f"指标“{indicator.name[:50]}”没有基数")


def blocking(notes: Sequence[Note]) -> list[Note]:
    """Those that forbid issuing."""
    return [note for note in notes if note.severity == "blocks"]
