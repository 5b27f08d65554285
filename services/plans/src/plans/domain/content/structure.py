"""What can never be right in the content of a plan: identifiers used twice, references to nothing, rhythms that are none."""

from collections.abc import Iterable, Iterator

from contracts.rhythms import flaws
from plans.domain.content.whole import Content
from plans.domain.findings import Finding

_KINDS = ("phases", "topics", "tasks", "indicators", "lists", "inspections", "meetings", "accountability")


def faults(content: Content) -> list[Finding]:
    """Return what is wrong, field by field; empty if the content may be drafted. Blanks are no faults: a draft has blanks."""
    return [*_repeated(content), *_dangling(content), *_rhythms(content), *_strangers(content)]


def _repeated(content: Content) -> Iterator[Finding]:
    for kind in _KINDS:
        yield from _unique(f"content.{kind}", [each.id for each in getattr(content, kind)])
    for index, task in enumerate(content.tasks):
        yield from _unique(f"content.tasks.{index}.deadlines", [each.id for each in task.deadlines])


def _unique(path: str, ids: Iterable[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, each in enumerate(ids):
        if each in seen:
            yield Finding("invalid", f"{path}.{index}.id", "another item of the plan has this id")
        seen.add(each)


def _dangling(content: Content) -> Iterator[Finding]:
    phases = {each.id for each in content.phases}
    topics = {each.id for each in content.topics}
    tasks = {each.id for each in content.tasks}
    for index, task in enumerate(content.tasks):
        if task.topic is not None and task.topic not in topics:
            yield Finding("invalid", f"content.tasks.{index}.topic", "no topic of the plan has this id")
        if task.phase is not None and task.phase not in phases:
            yield Finding("invalid", f"content.tasks.{index}.phase", "no phase of the plan has this id")
    for index, indicator in enumerate(content.indicators):
        for place, task_id in enumerate(indicator.tasks):
            if task_id not in tasks:
                yield Finding("invalid", f"content.indicators.{index}.tasks.{place}", "no task of the plan has this id")


def _rhythms(content: Content) -> Iterator[Finding]:
    for kind in ("inspections", "meetings"):
        for index, each in enumerate(getattr(content, kind)):
            for flaw in flaws(each.schedule) if each.schedule is not None else ():
                yield Finding("invalid", f"content.{kind}.{index}.schedule.{flaw.field}", flaw.reason)


def _strangers(content: Content) -> Iterator[Finding]:
    """A task or deadline follows a plan that this one names as its parent."""
    parents = {each.plan_id for each in content.parents}
    for index, task in enumerate(content.tasks):
        followed = {"parent": task.parent} | {
            f"deadlines.{place}.inherited": each.inherited for place, each in enumerate(task.deadlines)
        }
        for path, reference in followed.items():
            if reference is not None and reference.plan_id not in parents:
                yield Finding("invalid", f"content.tasks.{index}.{path}.plan_id", "name this plan among the parents")
