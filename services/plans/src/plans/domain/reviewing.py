"""Correcting a draft item by item: an item is named by its path, `tasks/task-1-2/deadlines/deadline-1`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from contracts.events.plans import Obligation
from plans.domain.content import (
    Content,
    Indicator,
    Inspection,
    ListDefinition,
    Meeting,
    Party,
    Phase,
    Task,
    TaskDeadline,
    Topic,
    Value,
)
from plans.domain.plan import Text

OBLIGATIONS: Final = "obligations"
KINDS: Final[Mapping[str, type[Value]]] = MappingProxyType(
    {
        "phases": Phase,
        "topics": Topic,
        "tasks": Task,
        "deadlines": TaskDeadline,
        "indicators": Indicator,
        "lists": ListDefinition,
        "meetings": Meeting,
        "inspections": Inspection,
    }
)
"""What the value of an item is, by the word before its id. Obligations are their own type."""

Item = Value | Obligation


def kind_of(item: str) -> str:
    """The word before the id of an item."""
    return item.split("/")[-2]


def id_of(item: str) -> str:
    """The id of an item."""
    return item.rpartition("/")[2]


def item_of(text: Text, item: str) -> Item | None:
    """Return what stands in the plan under a path; None: it was taken out."""
    kind, id_, *rest = item.split("/")
    found: Any = _by_id(text.obligations if kind == OBLIGATIONS else getattr(text.content, kind), id_)
    if rest and found is not None:
        found = _by_id(getattr(found, rest[0]), rest[1])
    answer: Item | None = found
    return answer


def corrected(text: Text, item: str, value: Item) -> Text:
    """The plan with another value in the place of an item, or after the others where it had been taken out."""
    return _put(text, item, lambda items: _with(items, id_of(item), value))


def taken_out(text: Text, item: str) -> Text:
    """The plan without an item. What pointed to it points to nothing any more."""
    after = _put(text, item, lambda items: tuple(each for each in items if each.id != id_of(item)))
    return replace(after, content=_unlinked(after.content))


def resolved(text: Text, meant: Mapping[str, Party]) -> Text:
    """The plan with printed names replaced by whom they mean, wherever they stand and are not resolved yet."""

    def party(each: Party) -> Party:
        known = meant.get(each.name) if each.unit is None else None
        return each if known is None else each.model_copy(update={"kind": known.kind, "unit": known.unit})

    def parties(item: Topic | Task, kinds: Iterable[str]) -> dict[str, tuple[Party, ...]]:
        return {kind: tuple(party(each) for each in getattr(item, kind)) for kind in kinds}

    topics = tuple(each.model_copy(update=parties(each, ("leads", "supports"))) for each in text.content.topics)
    duties = ("leads", "supports", "territorial", "sector")
    tasks = tuple(each.model_copy(update=parties(each, duties)) for each in text.content.tasks)
    codes = {name: each.unit for name, each in meant.items() if each.unit is not None}
    return replace(
        text,
        content=text.content.model_copy(update={"topics": topics, "tasks": tasks}),
        obligations=tuple(_with_codes(each, codes) for each in text.obligations),
    )


def _with_codes(obligation: Obligation, codes: Mapping[str, str]) -> Obligation:
    named = obligation.reporters.units
    if named is None:
        return obligation
    units = tuple(dict.fromkeys(codes.get(name, name) for name in named))
    return obligation.model_copy(update={"reporters": obligation.reporters.model_copy(update={"units": units})})


def _put(text: Text, item: str, change: Any) -> Text:
    kind, id_, *rest = item.split("/")
    if kind == OBLIGATIONS:
        return replace(text, obligations=change(text.obligations))
    items = getattr(text.content, kind)
    if rest:
        task = _by_id(items, id_)
        items = items if task is None else _with(items, id_, task.model_copy(update={rest[0]: change(getattr(task, rest[0]))}))
    else:
        items = change(items)
    return replace(text, content=text.content.model_copy(update={kind: items}))


def _with(items: Sequence[Any], id_: str, value: Any) -> tuple[Any, ...]:
    if all(each.id != id_ for each in items):
        return (*items, value)
    return tuple(value if each.id == id_ else each for each in items)


def _by_id(items: Iterable[Any], id_: str) -> Any:
    return next((each for each in items if each.id == id_), None)


def _unlinked(content: Content) -> Content:
    phases, topics = {each.id for each in content.phases}, {each.id for each in content.topics}
    tasks = tuple(
        each.model_copy(
            update={
                "topic": each.topic if each.topic in topics else None,
                "phase": each.phase if each.phase in phases else None,
            }
        )
        for each in content.tasks
    )
    present = {each.id for each in tasks}
    indicators = tuple(
        each.model_copy(update={"tasks": tuple(task for task in each.tasks if task in present)}) for each in content.indicators
    )
    return content.model_copy(update={"tasks": tasks, "indicators": indicators})
