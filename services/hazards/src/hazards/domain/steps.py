"""One change of a hazard: the hazard after it, and the event that tells of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from contracts import Actor
from contracts.events.hazards import HazardEvent
from hazards.domain.record import Act, Hazard
from hazards.domain.refusals import conflict
from hazards.domain.states import Action, State, next_state

Change = Action | Literal["report", "pass", "note", "import"]
"""`pass`: time changed it. `note`: something became known of it that changes nothing else, such as a recurrence. `import`: it
had come so far before it was kept here."""


@dataclass(frozen=True, slots=True)
class Step:
    """A change. `after.version` is the sequence of the event."""

    change: Change
    before: Hazard
    after: Hazard
    event: HazardEvent


@dataclass(frozen=True, slots=True)
class Moment:
    """Who acts, when the service received it, and when it is said to have happened."""

    at: datetime
    actor: Actor
    unit: str
    occurred_at: datetime

    def act(self) -> Act:
        """That the caller did it."""
        return Act(**self.acted())

    def acted(self) -> dict[str, Any]:
        """The same as fields."""
        return {"at": self.at, "unit": self.unit, "subject": self.actor.subject}

    def step(self, hazard: Hazard, action: Action, event: type[HazardEvent], facts: dict[str, Any], **changes: object) -> Step:
        """Take the hazard along the table of transitions, with further changes; `facts` are what the event says beside its name.

        Raises:
            RefusedError: conflict, the table does not lead on from where the hazard stands.
        """
        state = leads_to(hazard, action)
        after = hazard.model_copy(update={"state": state, **changes, "version": hazard.version + 1})
        told = event(**after.named(), occurred_at=self.occurred_at, recorded_at=self.at, actor=self.actor, **facts)
        return Step(action, hazard, after, told)


def leads_to(hazard: Hazard, action: Action) -> State:
    """Return the state that an action leads to from where the hazard stands.

    Raises:
        RefusedError: conflict, the table does not lead on.
    """
    state = next_state(hazard.state, action, hazard.before)
    if state is None:
        raise conflict("state", f"the hazard is {hazard.state}: {action} is not possible")
    return state


def passing(
    hazard: Hazard, event: type[HazardEvent], due: datetime, at: datetime, facts: dict[str, Any], **changes: object
) -> Step:
    """Let time change a hazard: the event occurred when it was due, whenever it is noticed."""
    after = hazard.model_copy(update={**changes, "version": hazard.version + 1})
    return Step("pass", hazard, after, event(**after.named(), occurred_at=due, recorded_at=at, **facts))
