"""Endpoints for operators, probes and the rehearsal driver: what is in hand, what is alive, what was counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from aiokafka import TopicPartition
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

from servicekit import inbox, migrations
from servicekit.consumer import BatchConsumer
from servicekit.database import UNAVAILABLE
from servicekit.deadlines import Schedule, earliest
from servicekit.http import KitDep, PrincipalDep
from servicekit.telemetry import REGISTRY


class ProgressReport(BaseModel):
    """What this process and its database have in hand.

    The system is quiet when two passes over all services show nothing in hand and the same `boot` and `work`: then nothing
    can have moved from one service to another between the reads.
    """

    service: str
    boot: UUID
    work: int
    outbox_pending: int
    in_flight: int
    next_due: datetime | None
    positions: dict[str, dict[int, int]]
    dead_lettered: int
    halted: list[str]


class EventIds(BaseModel):
    """A list of event ids."""

    ids: Annotated[list[UUID], Field(max_length=10_000)]


def _positions(consumers: list[BatchConsumer]) -> dict[str, dict[int, int]]:
    merged: dict[str, dict[int, int]] = {}
    for consumer in consumers:
        place: TopicPartition
        for place, offset in consumer.positions.items():
            partitions = merged.setdefault(place.topic, {})
            partitions[place.partition] = min(offset, partitions.get(place.partition, offset))
    return merged


def make_router(schedules: Sequence[Schedule], consumers: list[BatchConsumer], in_flight_sql: str | None) -> APIRouter:
    """Routes of one service; `in_flight_sql` counts what it is doing outside its database right now."""
    router = APIRouter()

    @router.get("/ops/progress")
    async def progress(kit: KitDep, principal: PrincipalDep) -> ProgressReport:
        principal.require("admin")
        work = kit.progress.work  # before the reads: what moves during them shows as a difference in the next pass
        return ProgressReport(
            service=kit.service,
            boot=kit.progress.boot,
            work=work,
            outbox_pending=await kit.pool.fetchval("SELECT count(*) FROM outbox"),
            in_flight=await kit.pool.fetchval(in_flight_sql) if in_flight_sql else 0,
            next_due=await earliest(schedules, kit.pool),
            positions=_positions(consumers),
            dead_lettered=sum(consumer.dead_lettered for consumer in consumers),
            halted=[consumer.consumer for consumer in consumers if consumer.halted],
        )

    @router.post("/ops/unprocessed")
    async def unprocessed(kit: KitDep, principal: PrincipalDep, given: EventIds) -> EventIds:
        principal.require("admin")
        return EventIds(ids=await inbox.unprocessed(kit.pool, given.ids))

    @router.get("/openapi.json", include_in_schema=False)
    async def openapi(request: Request, _principal: PrincipalDep) -> dict[str, Any]:
        described: dict[str, Any] = request.app.openapi()
        return described

    @router.get("/healthz/live", include_in_schema=False)
    async def live(kit: KitDep) -> Response:
        stuck = [loop for loop, seconds in kit.progress.silent_for().items() if seconds > kit.settings.stall_seconds]
        return Response(status_code=503 if stuck else 204, headers={"X-Stuck": ",".join(stuck)} if stuck else None)

    @router.get("/healthz/ready", include_in_schema=False)
    async def ready(kit: KitDep) -> Response:
        try:
            missing = await migrations.pending(kit.service, kit.pool)
        except UNAVAILABLE:
            return Response("database", 503)
        waiting = [consumer.consumer for consumer in consumers if consumer.halted or not consumer.assigned]
        if missing or waiting:
            return Response(f"migrations {sorted(missing)} consumers {waiting}", 503)
        return Response(status_code=204)

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return router
