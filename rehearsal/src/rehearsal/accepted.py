"""What the system accepted (2xx), kept by the driver so that the end of the run can prove that nothing was lost."""

from dataclasses import dataclass, field
from typing import Any

from rehearsal.hazard_deeds import OnHazard
from rehearsal.scenario import (
    Action,
    CorrectReport,
    OrderRectification,
    Report,
    ReportForChild,
    ReportHazard,
    SubmitRollup,
)


@dataclass
class Accepted:
    """Accepted submissions by the ids that the system gave them."""

    versions: dict[str, int] = field(default_factory=dict)
    """Report id → the newest version that was acknowledged."""
    rollups: set[str] = field(default_factory=set)
    hazards: dict[str, str] = field(default_factory=dict)
    """Ref → hazard id."""
    ordered: set[str] = field(default_factory=set)
    seen: dict[str, int] = field(default_factory=dict)
    """Ref → the hazard's version as its newest acknowledged change left it."""

    def note(self, action: Action, body: dict[str, Any]) -> None:
        """Remember an accepted action with the answer that acknowledged it."""
        match action:
            case Report() | CorrectReport() | ReportForChild():
                self.versions[body["report_id"]] = body["version"]
            case SubmitRollup():
                self.rollups.add(body["report_id"])
            case ReportHazard():
                self.hazards[action.ref] = body["hazard_id"]
                self.seen[action.ref] = body["version"]
            case OrderRectification():
                self.ordered.add(self.hazards[action.hazard])
                self.seen[action.hazard] = body["version"]
            case OnHazard():
                self.seen[action.hazard] = body["version"]
            case _:
                pass
