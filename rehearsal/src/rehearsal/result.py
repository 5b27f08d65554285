"""Reads what the system concluded through its APIs and writes it down with the keys of SCENARIO.md."""

import asyncio
import json
import os
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from contracts.topics import consumed_by
from rehearsal.accepted import Accepted
from rehearsal.actions import number
from rehearsal.faults import SERVICES
from rehearsal.instants import written
from rehearsal.quiet import Look
from rehearsal.scenario import Scenario
from rehearsal.sends import duplicate_sends
from rehearsal.settings import RehearsalSettings
from rehearsal.system import Services

Row = dict[str, Any]


class Reader:
    """Reads the end of one run as the platform's administrator, who sees every unit."""

    def __init__(self, scenario: Scenario, services: Services, settings: RehearsalSettings) -> None:
        self._scenario = scenario
        self._services = services
        self._settings = settings
        self._limit = asyncio.Semaphore(settings.read_parallel)

    async def _all(self, service: str, path: str) -> list[Row]:
        return [item async for item in self._services.items(service, path, None, "admin")]

    def _owed(self, item: Row) -> bool:
        """Whether the cut-off lies inside the run; what is owed later is not part of its result."""
        return datetime.fromisoformat(item["cutoff_at"]) <= self._scenario.end

    def _at(self, instant: str | None) -> str | None:
        return None if instant is None else written(datetime.fromisoformat(instant), self._scenario.zone)

    async def read(self, accepted: Accepted, refused: list[Row], published: dict[str, set[UUID]], look: Look) -> Row:
        """Return the whole result but for `events.dead_lettered` and `duplicate_sends`, which others know."""
        listed = await self._all("reporting", "/reports")
        owed = [item for item in listed if self._owed(item)]
        refs = {hazard_id: ref for ref, hazard_id in accepted.hazards.items()}
        refs |= await self._measures(refs)
        unprocessed = await self._unprocessed(published)
        lost = await self._lost_submissions(accepted, listed)
        pending = sum(reading.outbox_pending for reading in look.readings)
        return {
            "scenario": self._scenario.name,
            "reports": ordered(self._report_row(item) for item in owed),
            "totals": ordered(await self._totals({(item["obligation"], item["period"]) for item in owed})),
            "rollups": ordered(self._rollup_rows(await self._all("reporting", "/rollups"), {item["report_id"] for item in owed})),
            "hazards": ordered(await self._hazards(accepted)),
            "alerts": ordered(self._alert_row(item, refs) for item in await self._all("notify", "/alerts")),
            "contradictions": ordered(
                {key: item[key] for key in ("unit", "period", "kind")} for item in await self._all("reporting", "/contradictions")
            ),
            "refused": ordered(refused),
            "events": {"published": sum(map(len, published.values())), "dead_lettered": 0},
            "lost": lost + pending + unprocessed,
            "duplicate_sends": 0,
        }

    def _report_row(self, item: Row) -> Row:
        return {
            "obligation": item["obligation"],
            "unit": item["unit"],
            "period": item["period"],
            "verdict": item["verdict"],
            "received_at": self._at(item["received_at"]),
            "entered_by": item["entered_by"],
            "versions": item["versions"],
            "zero": item["zero"],
        }

    async def _totals(self, wanted: set[tuple[str, str]]) -> list[Row]:
        totals: dict[tuple[str, str], Row] = {}
        for item in await self._all("reporting", "/totals"):
            key = (item["obligation"], item["period"])
            if key not in wanted:
                continue
            row = totals.setdefault(key, {"obligation": key[0], "period": key[1]})
            for count in ("expected", "on_time", "late", "missed", "exempt"):
                row[count] = row.get(count, 0) + item[count]
        return list(totals.values())

    def _rollup_rows(self, items: Iterable[Row], owed: set[str]) -> Iterable[Row]:
        for item in items:
            if item["report_id"] not in owed:
                continue
            row = {key: item[key] for key in ("obligation", "unit", "period", "verdict")}
            row["missing_children"] = sorted(item["missing_children"] or [])
            row["sums"] = plain_numbers(item["sums"] or {})
            row["restated"] = item["restated"]
            if item["restated"]:
                row["restated_sums"] = plain_numbers(item["restated_sums"])
            yield row

    async def _hazards(self, accepted: Accepted) -> list[Row]:
        async def one(ref: str, hazard_id: str) -> Row:
            item = await self._find("hazards", f"/hazards/{hazard_id}")
            if item is None:
                return {"ref": ref, "state": None, "overdue_since": None}
            return {"ref": ref, "state": item["state"], "overdue_since": self._at(item["overdue_since"])}

        return list(await asyncio.gather(*(one(ref, hazard_id) for ref, hazard_id in accepted.hazards.items())))

    async def _measures(self, refs: dict[str, str]) -> dict[str, str]:
        """Measures of accountability that are about a hazard go by its ref: their own ids differ from run to run."""
        measures = await self._all("hazards", "/measures")
        return {item["measure_id"]: refs[item["subject"]] for item in measures if item["subject"] in refs}

    def _alert_row(self, item: Row, refs: dict[str, str]) -> Row:
        return {
            "reason": item["reason"],
            "about": refs.get(item["about"], item["about"]),
            "unit": item["unit"],
            "role": item["role"],
            "channel": item["channel"],
            "raised_at": self._at(item["raised_at"]),
            "status": item["status"],
        }

    async def _find(self, service: str, path: str) -> Row | None:
        async with self._limit:
            return await self._services.find(service, path, None, "admin")

    async def _lost_submissions(self, accepted: Accepted, listed: list[Row]) -> int:
        """Count accepted submissions that the system does not have any more."""
        versions = {item["report_id"]: item["versions"] for item in listed}

        async def has(service: str, path: str, least: int) -> bool:
            item = await self._find(service, path)
            return item is not None and (least == 0 or item["versions"] >= least)

        wanted = accepted.versions | dict.fromkeys(accepted.rollups, 1)
        checks = [has("reporting", f"/reports/{key}", least) for key, least in wanted.items() if versions.get(key, 0) < least]
        checks += [has("hazards", f"/hazards/{key}", 0) for key in accepted.hazards.values()]
        return list(await asyncio.gather(*checks)).count(False)

    async def _unprocessed(self, published: dict[str, set[UUID]]) -> int:
        """Count pairs of published event and consuming service where the service has not processed the event."""
        missing = 0
        for service in SERVICES:
            ids = sorted(str(event) for topic in consumed_by(service) for event in published[topic])
            for first in range(0, len(ids), self._settings.unprocessed_ids):
                asked = {"ids": ids[first : first + self._settings.unprocessed_ids]}
                missing += len((await self._services.post(service, "/ops/unprocessed", asked, None, "admin"))["ids"])
        return missing


def complete(result: Row, dead_lettered: int, calls: Iterable[Row]) -> Row:
    """Add what others than the APIs know."""
    result["events"]["dead_lettered"] = dead_lettered
    result["duplicate_sends"] = duplicate_sends(calls)
    return result


def ordered(rows: Iterable[Row]) -> list[Row]:
    """Sort rows by their values in the order of the keys; absent values first."""
    return sorted(rows, key=lambda row: [(value is not None, json.dumps(value, sort_keys=True)) for value in row.values()])


def plain_numbers(sums: dict[str, Any]) -> dict[str, int | float]:
    """Sums as JSON numbers, whole ones without a decimal point; keys in order."""
    return {key: number(Decimal(str(sums[key]))) for key in sorted(sums)}


def write_result(result: Row, folder: Path) -> Path:
    """Write `result.json` atomically: readers see the old file or the new one, never half of it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "result.json"
    draft = folder / f".result.json.{os.getpid()}"
    draft.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draft.replace(path)
    return path


def one_line(result: Row) -> str:
    """The result as the last line on standard output."""
    return json.dumps(result, ensure_ascii=False, separators=(", ", ": "))
