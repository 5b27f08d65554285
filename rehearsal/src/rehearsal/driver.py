"""Runs a scenario on the running system: sets it up, moves the clock from instant to instant, acts, waits for quiet.

Inside one instant: processes go down and providers begin to misbehave while the clock still stands before it; the clock moves;
processes come up; what is due fires; actions that waited for a process follow, then the actions of the instant in file order.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from rehearsal import actions
from rehearsal.accepted import Accepted
from rehearsal.actions import Call
from rehearsal.faults import crosses_services, needs, upheaval
from rehearsal.hazard_deeds import OnHazard
from rehearsal.instants import written
from rehearsal.quiet import Look, QuietWait
from rehearsal.scenario import Action, Contact, Process, RegisterUnit, Scenario, Unit
from rehearsal.settings import RehearsalSettings
from rehearsal.steps import next_instant
from rehearsal.system import Answered, RunError, Services, System
from rehearsal.watching import Watcher

MAX_BATCH = 1000
CONFLICT = 409


class Driver:
    """One run of one scenario. After `run`, `accepted` and `refused` say what became of the actions."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        system: System,
        services: Services,
        quiet: QuietWait,
        settings: RehearsalSettings,
        watcher: Watcher,
        read_clock: Callable[[], datetime],
    ) -> None:
        self._scenario = scenario
        self._system = system
        self._services = services
        self._quiet = quiet
        self._settings = settings
        self._watcher = watcher
        self._read_clock = read_clock
        self._down: frozenset[Process] = frozenset()
        self._waiting: list[tuple[int, Action]] = []
        self._look: Look | None = None
        self.accepted = Accepted()
        self.refused: list[dict[str, Any]] = []

    async def set_up(self) -> None:
        """Register units and contacts, issue the plan. The clock stands at `start` all the while."""
        self._system.clock.set(self._scenario.start)
        await self._wait(self._scenario.start)
        trees = {root.code: self._tree(root.code) for root in self._scenario.roots()}
        for root, units in trees.items():
            await self._register(root, units)
        await self._wait(self._scenario.start)
        for root, units in trees.items():
            codes = {unit.code for unit in units}
            await self._add_contacts([contact for contact in self._scenario.contacts if contact.unit in codes], root)
            if self._scenario.obligations or self._scenario.document:
                await self._issue_plan(root)
        await self._wait(self._scenario.start)

    async def run(self) -> None:
        """Go through the run, from `start` to the instant `end` inclusive."""
        if self._scenario.head.mode == "realtime":
            await self._run_in_real_time()
        else:
            await self._run_stepped()

    async def _run_stepped(self) -> None:
        scenario = self._scenario
        scripted = sorted({item.at for item in [*scenario.actions, *scenario.faults]})
        now = scenario.start
        await self._live_through(now)
        for _ in range(self._settings.max_instants):
            if now >= scenario.end:
                return
            due = None if self._look is None else self._look.next_due()
            to = next_instant(now, scripted, due, scenario.end)
            await self._watcher.stepping(now, to)
            now = to
            await self._live_through(now)
        raise RunError(f"more than {self._settings.max_instants} instants; something falls due again and again")

    async def _live_through(self, instant: datetime) -> None:
        """Everything of one instant, up to quiet."""
        stirred = await self._apply_faults(instant, move_clock=True)
        due = None if self._look is None else self._look.next_due()
        # Where neither the clock nor a process set anything off, the system is as quiet as it was before.
        if stirred or (due is not None and due <= instant):
            await self._wait(instant)
        script = self._script(instant)
        for place, (number, action) in enumerate(script, start=1):
            await self._act(number, action, instant)
            if place == len(script) or crosses_services(action, script[place][1]):
                await self._wait(instant)

    def _script(self, instant: datetime) -> list[tuple[int, Action]]:
        """The actions that can be taken now: those whose process has come back, then those of the instant.

        What needs a process that is down waits until it is back.
        """
        of_now = [(number, action) for number, action in enumerate(self._scenario.actions) if action.at == instant]
        wanted = self._waiting + of_now
        self._waiting = [entry for entry in wanted if needs(entry[1]) & self._down]
        return [entry for entry in wanted if not needs(entry[1]) & self._down]

    async def _apply_faults(self, instant: datetime, *, move_clock: bool) -> bool:
        """Apply the faults of an instant and put the clock on it; return whether any process went down or came up."""
        faults = [fault for fault in self._scenario.faults if fault.at == instant]
        change = upheaval(faults, self._down)
        for process in change.kill:
            await self._system.kill(process)
            self._down |= {process}
        for provider in change.providers:
            await self._system.provider_fault(provider.channel, provider.behave, provider.until)
        if move_clock:
            self._system.clock.set(instant)
        for process in change.start:
            await self._system.start(process)
            self._down -= {process}
        for fault in faults:
            self._watcher.fault(fault)
        return bool(change.kill or change.start)

    async def _act(self, number: int, action: Action, instant: datetime) -> None:
        call = actions.call_of(action, self._scenario, self.accepted.hazards)
        answered = await self._command(call, action, f"action-{number}")
        self._watcher.acted(action, answered.status)
        if not answered.accepted:
            at = written(action.at, self._scenario.zone)
            self.refused.append(actions.refusal_row(action, at, answered.status))
            return
        self.accepted.note(action, answered.body)
        contacts = [contact for contact in self._scenario.contacts if contact.unit == getattr(action, "code", None)]
        if isinstance(action, RegisterUnit) and contacts:
            await self._wait(instant)  # notify must have heard of the unit before it takes contacts for it
            await self._add_contacts(contacts, action.unit)

    async def _command(self, call: Call, action: Action, key: str) -> Answered:
        """Perform an action. Whoever acts on a hazard has read it: time may have changed it since the last action."""
        if not isinstance(action, OnHazard) or isinstance(call.body, bytes):
            return await self._services.command(call, key)
        seen = self.accepted.seen.get(action.hazard, 1)
        answered = await self._services.command(replace(call, body=call.body | {"version": seen}), f"{key}-{seen}")
        present = answered.body.get("version", seen)
        if answered.status == CONFLICT and present != seen:
            answered = await self._services.command(replace(call, body=call.body | {"version": present}), f"{key}-{present}")
        return answered

    async def _wait(self, instant: datetime) -> None:
        self._look = await self._quiet.wait(instant, self._down)

    async def _run_in_real_time(self) -> None:
        """For show: the clock runs, actions happen when it gets there, and only the end waits for quiet."""
        scenario = self._scenario
        speed = float(scenario.head.speed or self._settings.realtime_speed)
        self._system.clock.run(scenario.start, speed)
        for instant in sorted({item.at for item in [*scenario.actions, *scenario.faults]} | {scenario.end}):
            while (now := self._read_clock()) < instant:
                await self._watcher.stepping(now, instant)
                await asyncio.sleep(min(0.05, (instant - now).total_seconds() / speed))
            await self._apply_faults(instant, move_clock=False)
            for number, action in self._script(instant):
                await self._act(number, action, instant)
        self._system.clock.set(scenario.end)
        await self._wait(scenario.end)

    def _tree(self, root: str) -> list[Unit]:
        """A root and everything below it, parents first."""
        codes: set[str] = set()
        tree = []
        for unit in self._scenario.units:
            if unit.code == root or unit.parent in codes:
                codes.add(unit.code)
                tree.append(unit)
        return tree

    async def _register(self, root: str, units: list[Unit]) -> None:
        """Register a root as the platform, then what is below it as the root's office."""
        bodies = [actions.unit_body(unit) for unit in units]
        await self._set_up_call(Call("plans", None, "admin", "/units/batch", {"units": bodies[:1]}), f"root-{root}")
        for first in range(1, len(bodies), MAX_BATCH):
            batch = {"units": bodies[first : first + MAX_BATCH]}
            await self._set_up_call(Call("plans", root, "office", "/units/batch", batch), f"units-{root}-{first}")

    async def _add_contacts(self, contacts: list[Contact], office: str) -> None:
        """Add contacts of units below `office`, in its name."""
        for first in range(0, len(contacts), MAX_BATCH):
            batch = [actions.contact_body(contact) for contact in contacts[first : first + MAX_BATCH]]
            call = Call("notify", office, "office", "/contacts/batch", {"contacts": batch})
            await self._set_up_call(call, f"contacts-{batch[0]['unit']}-{first}")

    async def _issue_plan(self, root: str) -> None:
        plan = await self._set_up_call(await self._draft(root), f"plan-{root}")
        path, version = f"/plans/{plan.body['plan_id']}/issue", {"version": plan.body["version"]}
        await self._set_up_call(Call("plans", root, "office", path, version), f"issue-{root}")

    async def _draft(self, root: str) -> Call:
        """The call that drafts the plan: with the scenario's obligations, or with those that its document holds."""
        document = self._scenario.document
        if document is None:
            return Call("plans", root, "office", "/plans", actions.plan_body(self._scenario))
        content = await asyncio.to_thread(document.read_bytes)
        upload = Call("plans", root, "office", f"/plans/imports?{urlencode({'name': document.name})}", content)
        found = (await self._set_up_call(upload, f"import-{root}")).body
        with_obligations = (place for place, plan in enumerate(found["plans"], start=1) if plan["obligations"])
        position = next(with_obligations, None)
        if position is None:
            raise RunError(f"setting up: {document.name} holds no plan with reporting obligations")
        body = {"position": position, "parts": ["obligations"], "zone": self._scenario.head.zone}
        return Call("plans", root, "office", f"/plans/imports/{found['import_id']}/proposals", body)

    async def _set_up_call(self, call: Call, key: str) -> Answered:
        answered = await self._services.command(call, key)
        if not answered.accepted:
            raise RunError(f"setting up: {call.service} refused {call.path} with {answered.status}: {answered.body}")
        return answered
