"""The oracle's hazards: what is known of each, and what time alone does to it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

Told = list[tuple[str, str]]
ENDED = ("closed", "dismissed")


@dataclass
class Hazard:
    """A reported hazard."""

    ref: str
    unit: str
    day: date
    state: str = "reported"
    before: str = "reported"
    grade: str | None = None
    orderer: str | None = None
    responsible: str | None = None
    due: datetime | None = None
    first_due: datetime | None = None
    passed: list[datetime] = field(default_factory=list)
    """Limits that were told to be over, each once."""
    watched: bool = False
    review_at: datetime | None = None
    accepted: list[str] = field(default_factory=list)
    lister: str | None = None
    every: timedelta | None = None
    progress_due: datetime | None = None
    offered_by: str | None = None
    offered_to: str | None = None
    answer_by: datetime | None = None
    reminders: int = 0
    handler: str | None = None
    asked_due: datetime | None = None
    decide_by: datetime | None = None
    extended: int = 0
    suspended: bool = False

    @property
    def overdue_since(self) -> datetime | None:
        """The limit in force, once it has passed."""
        return self.due if self.due in self.passed else None

    @property
    def rectifier(self) -> str:
        """Who has to rectify."""
        return self.responsible or self.unit


def let_pass(hazard: Hazard, now: datetime) -> Iterator[tuple[datetime, str, Told]]:
    """Let everything up to `now` pass; give out when it fell due, why people are told, and whom."""
    while hazard.state not in ENDED:
        coming = [(at, what) for what, at in _clocks(hazard).items() if at is not None and at <= now]
        if not coming:
            return
        at, what = min(coming)
        yield (at, *_fire(hazard, what))


def _clocks(hazard: Hazard) -> dict[str, datetime | None]:
    late = hazard.due is not None and hazard.due not in hazard.passed and not hazard.watched
    answer = None
    if hazard.answer_by is not None and hazard.reminders < 7:
        answer = hazard.answer_by + timedelta(days=2**hazard.reminders - 1)
    return {
        "overdue": hazard.due if late else None,
        "unanswered": answer,
        "undecided": hazard.decide_by,
        "unreviewed": hazard.review_at if hazard.state == "monitored" else None,
        "silent": hazard.progress_due,
    }


def _fire(hazard: Hazard, what: str) -> tuple[str, Told]:
    above = hazard.lister or hazard.orderer or ""
    match what:
        case "overdue":
            assert hazard.due is not None
            hazard.passed.append(hazard.due)
            told = [(hazard.rectifier, "submitter"), (hazard.rectifier, "principal"), (hazard.orderer or "", "office")]
            return "rectification_overdue", told
        case "unanswered":
            hazard.reminders += 1
            return "transfer_unanswered", [(hazard.offered_to or "", "office")]
        case "undecided":
            hazard.decide_by = None
            return "extension_undecided", [(above, "office")]
        case "unreviewed":
            hazard.review_at = None
            return "monitoring_review_overdue", [(hazard.rectifier, "principal")]
        case _:
            assert hazard.progress_due is not None
            assert hazard.every is not None
            hazard.progress_due += hazard.every
            return "listing_progress_overdue", [(hazard.rectifier, "principal"), (above, "office")]
