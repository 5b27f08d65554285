"""Rules of accountability: trigger → measure → competent body → addressee (DOMAIN 4). Configuration of a unit or a plan."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from contracts.values import Key, Name, Text
from hazards.domain.record import Grade, Stage, Value

Trigger = Literal[
    "rectification_overdue", "judgement_overdue", "listing_progress_overdue", "listing_unpublished", "transfer_unanswered",
    "monitoring_unreviewed", "hazard_recurred", "recheck_fake", "major_at_inspection", "task_overdue", "report_missed",
]  # fmt: skip
"""`judgement_overdue`: the limit passed while a submitted rectification waited for its judges."""
MeasureKind = Literal[
    "supervision_order", "reminder", "warning", "interview", "circular", "exposure", "blacklist", "veto", "discipline",
    "transfer_to_justice",
]  # fmt: skip
"""督办单, 提醒, 警示, 约谈, 通报, 曝光, 黑名单, 一票否决, 问责, 移送."""
Meaning = Literal["criticise", "praise", "inform"]
"""What a circular (通报) is: 通报批评, 通报表扬, 情况通报."""
BodyKind = Literal["rule_owner", "ordering_unit", "listing_unit", "checking_unit", "issuer", "recipient", "parent", "level"]
Addressee = Literal["unit", "principal", "acceptor", "area", "area_principal", "enterprise"]
"""`unit`: whom the trigger is about. `acceptor`: who accepted what was fake. `area`: the unit above it at that time."""

MAY_BE_AUTOMATIC: Final[frozenset[MeasureKind]] = frozenset({"reminder", "supervision_order", "warning"})
"""All others weigh on somebody: a named person of the competent body decides them, and nothing else can."""
MAY_BE_LATE: Final[frozenset[Trigger]] = frozenset({"rectification_overdue", "task_overdue"})
HAS_STEPS: Final[frozenset[Trigger]] = frozenset({"report_missed", "transfer_unanswered"})
MOST_COUNTED: Final = 1000
"""So many earlier occurrences are looked at when they are counted."""


class Repeated(Value):
    """`at_least` so many (inclusive), this one counted, within so many days up to this one. The first instant does not count."""

    at_least: Annotated[int, Field(ge=2, le=MOST_COUNTED)]
    within_days: Annotated[int, Field(ge=1, le=3660)]
    of: Literal["unit", "enterprise"] = "unit"


class Late(Value):
    """Still so when `days` of 24 hours have passed since the limit. `inclusive`: from then on; else only beyond it."""

    days: Annotated[int, Field(ge=1, le=3660)]
    inclusive: bool


class When(Value):
    """What must hold beside the trigger. What is empty holds always."""

    grades: Annotated[tuple[Grade, ...], Field(max_length=2)] = ()
    categories: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    stages: Annotated[tuple[Stage, ...], Field(max_length=7)] = ()
    kinds: Annotated[tuple[Literal["same", "same_type"], ...], Field(max_length=2)] = ()
    """Of a recurrence."""
    step: Annotated[int, Field(ge=1, le=100)] | None = None
    """At which step of a report's escalation, or reminder of a hand-over, it holds; nothing said: at the first. Once for each."""
    repeated: Repeated | None = None
    late: Late | None = None


class Body(Value):
    """The competent body; what the trigger does not name falls to the owner of the rule. Nobody is its own body."""

    kind: BodyKind = "rule_owner"
    level: Key | None = None
    """With `level`: the nearest unit of that level above whom it is about."""

    @model_validator(mode="after")
    def _level_with_level(self) -> Self:
        if (self.kind == "level") is (self.level is None):
            raise ValueError("`level` belongs to the kind level")
        return self


class Rule(Value):
    """If the trigger happens and `when` holds, the body owes the measure towards the addressee."""

    id: Annotated[Key, Field(max_length=64)]
    trigger: Trigger
    when: When = When()
    measure: MeasureKind
    meaning: Meaning | None = None
    body: Body = Body()
    addressee: Addressee = "unit"
    automatic: bool = False
    acknowledge_within_days: Annotated[int, Field(ge=1, le=366)] | None = None
    reply_within_days: Annotated[int, Field(ge=1, le=366)] | None = None
    text: Text | None = None
    """The plan's words."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.automatic and self.measure not in MAY_BE_AUTOMATIC:
            raise ValueError(f"{self.measure} is never automatic: a named person decides it")
        if (self.measure == "circular") is (self.meaning is None):
            raise ValueError("a circular says what it means, and nothing else does")
        if self.when.late is not None and self.trigger not in MAY_BE_LATE:
            raise ValueError(f"{self.trigger} has no limit to be late against")
        if self.when.step is not None and self.trigger not in HAS_STEPS:
            raise ValueError(f"{self.trigger} has no steps")
        if self.when.kinds and self.trigger != "hazard_recurred":
            raise ValueError("only a recurrence is of a kind")
        if self.addressee == "acceptor" and self.trigger != "recheck_fake":
            raise ValueError("only a fake rectification has acceptors to answer for it")
        return self


class Rules(Value):
    """The rules of a unit for its subtree, or of a plan."""

    rules: Annotated[tuple[Rule, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        if len({rule.id for rule in self.rules}) != len(self.rules):
            raise ValueError("the ids of rules differ")
        return self


class RuleSet(Rules):
    """Rules in force. `owner`: a unit, `plan:` and a plan's id, or nobody (version 0: built in)."""

    owner: Key | None = None
    unit: Key | None = None
    """The unit that decided them: the owner, or the issuer of the plan."""
    version: Annotated[int, Field(ge=0)] = 0


_ANSWERABLE: Final[tuple[Addressee, ...]] = ("unit", "acceptor")
BUILT_IN: Final = RuleSet(
    rules=tuple(
        Rule(id=f"fake-{who}", trigger="recheck_fake", measure="discipline", addressee=who, body=Body(kind="checking_unit"))
        for who in _ANSWERABLE
    )
)
"""Fake rectification reopens accountability (DOMAIN 3): it holds wherever no rule speaks of that trigger. Proposals only."""
