"""Informants (有奖举报): people who told of a hazard. Who they are is for one role only; their rewards are bookkeeping."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.values import Amount, Instant, Name, Text, UnitCode

MOST_INFORMANTS: Final = 20
"""Of one hazard."""

RewardState = Literal["proposed", "approved", "refused", "paid"]


class Identity(BaseModel):
    """Who told of it, as far as is known: a name or a way to reach them. No value of it is shown by `repr`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name | None = Field(default=None, repr=False)
    mobile: Name | None = Field(default=None, repr=False)
    contact: Text | None = Field(default=None, repr=False, description="another way to reach them")
    document_number: Name | None = Field(default=None, repr=False, description="of the identity card, where a reward needs it")
    note: Text | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _someone(self) -> Self:
        if not (self.name or self.mobile or self.contact):
            raise ValueError("give a name, a mobile number or another contact; an anonymous report has no informant")
        return self


class Reward(BaseModel):
    """A reward for an informant: proposed, decided by another person, paid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reward_id: UUID
    hazard_id: UUID
    informant_id: UUID
    amount: Amount
    state: RewardState
    proposed_at: Instant
    proposed_by: Name
    proposed_unit: UnitCode
    ground: Text
    decided_at: Instant | None = None
    decided_by: Name | None = None
    decided_unit: UnitCode | None = None
    note: Text | None = None
    paid_at: Instant | None = None
    paid_by: Name | None = None
    receipt: Name | None = None


RewardAmount = Annotated[Decimal, Field(gt=0, max_digits=17, decimal_places=2, allow_inf_nan=False)]


def against_disclosure(unit: str, line: list[str], rectifier: str) -> str | None:
    """Why a supervisor of `unit` may not learn who told of a hazard, or None.

    `line` is the hazard's unit and its ancestors. Whoever is in the hazard's own unit, or has to rectify, is whom the informant
    may have reason to fear.
    """
    if unit not in line[1:]:
        return "only a unit above that of the hazard may learn who told of it"
    return "the unit that has to rectify may not learn who told of it" if unit == rectifier else None


def against_decision(reward: Reward, subject: str) -> str | None:
    """Why a person may not decide on a reward, or None."""
    return "another person than the one who proposed the reward decides" if subject == reward.proposed_by else None


def against_payment(paid_at: datetime, reward: Reward, now: datetime) -> str | None:
    """Why a reward cannot have been paid at an instant, or None."""
    if paid_at > now:
        return "it lies in the future"
    return "it lies before the decision" if reward.decided_at is None or paid_at < reward.decided_at else None
