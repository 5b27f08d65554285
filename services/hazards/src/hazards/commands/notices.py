"""Telling units of their time limits: putting them on the list, one digest a day, taking them off it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from contracts.events.notices import DueHazard, RectificationDigestDue
from hazards.domain.notices import MOST_ITEMS, day_of, digest_id, last_day_of, limits_on, telling_after, told_of
from hazards.domain.policy import NoticeTerms
from hazards.domain.record import Hazard
from hazards.store import notices as store
from hazards.store.notices import Limit, Telling, Told
from servicekit import outbox
from servicekit.database import Connection
from servicekit.outbox import Outgoing

_WAITING = ("ordered", "deferred")


async def follow(connection: Connection, changed: Sequence[Hazard], at: datetime) -> None:
    """See to it that units which have to rectify something by a limit are told of it, where a policy wants that."""
    units = {hazard.order.responsible for hazard in changed if hazard.order is not None and hazard.state in _WAITING}
    if units:
        await _put_on_list(connection, units - await store.are_told(connection, units), at)


async def reconsider(connection: Connection, unit: str, at: datetime) -> None:
    """Follow a new policy of a unit, for everybody below it."""
    await _put_on_list(connection, await store.below(connection, unit), at, take_off=True)


async def _put_on_list(connection: Connection, units: Collection[str], at: datetime, *, take_off: bool = False) -> None:
    terms = await store.terms_of(connection, units) if units else {}
    wanted = {unit: each for unit, each in terms.items() if told_of(each)}
    last = await store.last_days(connection, wanted) if wanted else {}
    tellings: dict[str, datetime | None] = dict.fromkeys(units if take_off else ())
    tellings |= {unit: telling_after(at, each.at, last.get(unit)) for unit, each in wanted.items()}
    if tellings:
        await store.plan(connection, tellings)


async def tell_due(connection: Connection, now: datetime, limit: int) -> int:
    """Tell at most `limit` units that have to be told; return how many. After days without a service each day is told."""
    due = await store.lock_due(connection, now, limit)
    if not due:
        return 0
    units = [each.unit for each in due]
    terms = await store.terms_of(connection, units)
    days = [window for each in due for window in _windows(each, terms.get(each.unit))]
    found: dict[str, list[Limit]] = defaultdict(list)
    for each in await store.limits(connection, days, MOST_ITEMS) if days else ():
        found[each.unit].append(each)
    waited_for = await store.still_waited_for(connection, units)
    await store.tell(connection, [_told(each, terms.get(each.unit), found, waited_for) for each in due])
    digests = [_digest(each, found[each.unit], now) for each in due if found[each.unit]]
    await outbox.append(connection, digests)
    return len(due)


def _windows(telling: Telling, terms: NoticeTerms | None) -> list[tuple[str, datetime, datetime]]:
    offsets = told_of(terms) if terms is not None else ()
    return [(telling.unit, *limits_on(day_of(telling.at), offset)) for offset in offsets]


def _told(telling: Telling, terms: NoticeTerms | None, found: dict[str, list[Limit]], waited_for: Collection[str]) -> Told:
    day = day_of(telling.at)
    goes_on = terms is not None and told_of(terms) and telling.unit in waited_for
    next_at = telling_after(telling.at, terms.at, day) if goes_on and terms is not None else None
    return Told(telling.unit, next_at, day, telling.sequence + (1 if found[telling.unit] else 0))


def _digest(telling: Telling, limits: Sequence[Limit], now: datetime) -> Outgoing:
    day = day_of(telling.at)
    items = tuple(
        DueHazard(
            hazard_id=str(each.hazard_id),
            number=each.number,
            title=each.title,
            due_at=each.due_at,
            days=(last_day_of(each.due_at) - day).days,
        )
        for each in limits
    )
    event = RectificationDigestDue(
        occurred_at=telling.at,
        recorded_at=now,
        unit=telling.unit,
        day=day,
        items=items,
        more=limits[0].count - len(items),
    )
    return Outgoing(event, telling.sequence + 1, digest_id(telling.unit, day))
