"""What becomes of a reported hazard, as actions of a scenario. Each is one call of the service; the driver fills in the version.

`path` and `role` say how a deed is called and in which role; every other field goes into the body under its own name. What a
field may hold is the system's to judge: its refusal is a result.
"""

from typing import Any, ClassVar, Final, Literal, get_args

from rehearsal.values import ActionPart, Instant, Name, Number, Period


class OnHazard(ActionPart):
    """An action on the hazard that `hazard` refers to."""

    path: ClassVar[str]
    role: ClassVar[str] = "office"
    hazard: Name


class RegisterHazard(OnHazard):
    """Open or complete the file (登记建档)."""

    path = "register"
    do: Literal["register_hazard"]
    category: str | None = None
    stage: str | None = None
    discoverer: str | None = None


class GradeHazard(OnHazard):
    """Decide the grade (定级): general or major."""

    path = "grade"
    do: Literal["grade_hazard"]
    grade: str
    reason: str | None = None


class DeferRectification(OnHazard):
    """Let it be rectified by a plan with a time limit."""

    path = "defer"
    do: Literal["defer_rectification"]
    due: Instant | None = None
    measures: str
    responsible: str
    funds: Number
    contingency: str
    plan: str


class MonitorHazard(OnHazard):
    """Watch a major hazard instead (整治或监控)."""

    path = "monitor"
    do: Literal["monitor_hazard"]
    reason: str
    measures: str
    review_on: Period


class RectifyOnSpot(OnHazard):
    """Say that it was rectified on the spot (立查立改)."""

    path = "rectify"
    role = "submitter"
    do: Literal["rectify_on_spot"]
    text: str
    funds: Number | None = None


class SubmitRectification(OnHazard):
    """Say that what was ordered is done."""

    path = "submit"
    role = "submitter"
    do: Literal["submit_rectification"]
    text: str
    funds: Number | None = None


class AcceptRectification(OnHazard):
    """Accept it (验收)."""

    path = "accept"
    do: Literal["accept_rectification"]
    note: str | None = None


class RejectRectification(OnHazard):
    """Send it back."""

    path = "reject"
    do: Literal["reject_rectification"]
    reason: str


class SignRectification(OnHazard):
    """Sign the result as the unit's principal."""

    path = "sign"
    do: Literal["sign_rectification"]


class CloseHazard(OnHazard):
    """Close it for good (销号)."""

    path = "close"
    do: Literal["close_hazard"]


class DismissHazard(OnHazard):
    """End it otherwise: duplicate (with the ref of the other one), not_our_duty or withdrawn."""

    path = "dismiss"
    do: Literal["dismiss_hazard"]
    outcome: str
    reason: str
    duplicate_of: str | None = None


class TransferHazard(OnHazard):
    """Offer it to another body (移送)."""

    path = "transfer"
    do: Literal["transfer_hazard"]
    to_unit: str
    reason: str
    acknowledge_by: Instant | None = None


class AcknowledgeTransfer(OnHazard):
    """Take it over."""

    path = "acknowledge"
    do: Literal["acknowledge_transfer"]


class ReturnTransfer(OnHazard):
    """Give it back: it is not the unit's duty."""

    path = "return"
    do: Literal["return_transfer"]
    reason: str


class SuspendUse(OnHazard):
    """Stop the use at once."""

    path = "suspend"
    do: Literal["suspend_use"]
    what: str
    reason: str


class ResumeUse(OnHazard):
    """Let the use go on."""

    path = "resume"
    do: Literal["resume_use"]
    reason: str


class AskExtension(OnHazard):
    """Ask for more time."""

    path = "ask-extension"
    role = "submitter"
    do: Literal["ask_extension"]
    reason: str
    due: Instant


class ApproveExtension(OnHazard):
    """Give the time that was asked for, or less."""

    path = "approve-extension"
    do: Literal["approve_extension"]
    due: Instant | None = None
    note: str | None = None


class RefuseExtension(OnHazard):
    """Refuse more time."""

    path = "refuse-extension"
    do: Literal["refuse_extension"]
    reason: str


class ListHazard(OnHazard):
    """Put it under supervision by name (挂牌督办)."""

    path = "list"
    do: Literal["list_hazard"]
    trigger: str
    reason: str
    progress_every_days: int | None = None


class PublishListing(OnHazard):
    """Say where the listing was made public."""

    path = "publish"
    do: Literal["publish_listing"]
    where: str


class RaiseListing(OnHazard):
    """Take the supervision over from a lower body."""

    path = "raise"
    do: Literal["raise_listing"]
    reason: str


class TellProgress(OnHazard):
    """Tell the listing body how far it is."""

    path = "tell-progress"
    role = "submitter"
    do: Literal["tell_progress"]
    text: str


class DelistHazard(OnHazard):
    """End the supervision (摘牌)."""

    path = "delist"
    do: Literal["delist_hazard"]
    reason: str


class RecheckHazard(OnHazard):
    """Look again at a closed one (回头看): sound or fake."""

    path = "recheck"
    role = "supervisor"
    do: Literal["recheck_hazard"]
    finding: str
    text: str


class SetPolicy(ActionPart):
    """Decide about limits, extensions, listings and notices for the unit and everything below it, in the words of the API."""

    do: Literal["set_policy"]
    policy: dict[str, Any]


HazardDeed = (
    RegisterHazard | GradeHazard | DeferRectification | MonitorHazard | RectifyOnSpot | SubmitRectification
    | AcceptRectification | RejectRectification | SignRectification | CloseHazard | DismissHazard
    | TransferHazard | AcknowledgeTransfer | ReturnTransfer | SuspendUse | ResumeUse
    | AskExtension | ApproveExtension | RefuseExtension
    | ListHazard | PublishListing | RaiseListing | TellProgress | DelistHazard | RecheckHazard
)  # fmt: skip
DEEDS: Final[tuple[type[OnHazard], ...]] = get_args(HazardDeed)
