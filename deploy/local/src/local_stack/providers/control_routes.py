"""The rehearsal driver's side of the simulator: faults, limits, and what happened."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, HttpUrl, model_validator

from local_stack.providers.faults import Behaviour, Channel, Fault
from local_stack.providers.outside import Outside
from local_stack.providers.receipts import DELIVERED
from local_stack.providers.sms import Carrier, Subscriber

UNDELIVERED = "UNDELIV"


class _Command(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FaultCommand(_Command):
    """Order a fault for a channel in place of the one in force; `none` ends it."""

    channel: Channel
    behave: Behaviour | Literal["none"]
    until: AwareDatetime | None = None
    count: Annotated[int, Field(ge=1)] | None = None
    code: str | None = None

    def fault(self) -> Fault | None:
        """Return what was ordered."""
        if self.behave == "none":
            return None
        return Fault(Behaviour(self.behave), self.until, self.count, self.code)


class CallbackCommand(_Command):
    """Where SmsReport goes from now on; null: nowhere."""

    url: HttpUrl | None


class RecipientCommand(_Command):
    """How a mobile number (what the carrier says) or a WeCom user (visible or not) behaves from now on."""

    mobile: str | None = None
    receipt: Carrier = Carrier.DELIVERED
    code: str | None = None
    wecom: str | None = None
    known: bool = True

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.mobile is None) == (self.wecom is None):
            raise ValueError("name either a mobile or a wecom user")
        return self


class LimitsCommand(_Command):
    """The providers' own limits; null switches one off."""

    sms_per_day: Annotated[int, Field(ge=0)] | None = None
    robot_per_minute: Annotated[int, Field(ge=0)] | None = None


class TokensCommand(_Command):
    """What happens to WeCom's access tokens."""

    become: Literal["expired", "revoked"]


class Pending(BaseModel):
    """What the outside still has to do at this instant, and when it acts next by itself."""

    receipts_due: int
    in_flight: int
    next_due: datetime | None


def control_routes(outside: Outside) -> APIRouter:
    """Make the routes under /control."""
    router = APIRouter(prefix="/control")
    _add_commands(router, outside)
    _add_views(router, outside)
    return router


def _add_commands(router: APIRouter, outside: Outside) -> None:
    @router.post("/faults")
    async def order_fault(command: FaultCommand) -> FaultCommand:
        outside.faults.put(command.channel, command.fault())
        return command

    @router.post("/callback")
    async def set_callback(command: CallbackCommand) -> CallbackCommand:
        outside.sms.callback_url = None if command.url is None else str(command.url)
        return command

    @router.post("/recipients")
    async def set_recipient(command: RecipientCommand) -> dict[str, int]:
        if command.wecom is not None:
            change = outside.wecom.unknown_users.discard if command.known else outside.wecom.unknown_users.add
            change(command.wecom)
        if command.mobile is None:
            return {"settled": 0}
        code = command.code or (DELIVERED if command.receipt is Carrier.DELIVERED else UNDELIVERED)
        settled = outside.sms.set_subscriber(command.mobile, Subscriber(command.receipt, code), outside.clock.now())
        await outside.pusher.wake()
        return {"settled": settled}

    @router.post("/limits")
    async def set_limits(command: LimitsCommand) -> LimitsCommand:
        if "sms_per_day" in command.model_fields_set:
            outside.sms.daily_limit = command.sms_per_day
        if "robot_per_minute" in command.model_fields_set:
            outside.wecom.robot_per_minute = command.robot_per_minute
        return command

    @router.post("/templates")
    async def add_templates(templates: dict[str, str]) -> dict[str, str]:
        outside.sms.templates.update(templates)
        return outside.sms.templates

    @router.post("/tokens")
    async def change_tokens(command: TokensCommand) -> TokensCommand:
        if command.become == "expired":
            outside.wecom.expire_tokens(outside.clock.now())
        else:
            outside.wecom.revoke_tokens()
        return command


def _add_views(router: APIRouter, outside: Outside) -> None:
    @router.get("/calls")
    async def calls(after: Annotated[int, Query(ge=0)] = 0) -> dict[str, list[dict[str, object]]]:
        return {"items": [asdict(call) for call in outside.records.calls(after)]}

    @router.get("/messages")
    async def messages(after: Annotated[int, Query(ge=0)] = 0) -> dict[str, list[dict[str, object]]]:
        return {"items": [asdict(delivery) for delivery in outside.records.deliveries(after)]}

    @router.get("/pending")
    async def pending() -> Pending:
        book = outside.sms.receipts
        owed = outside.sms.callback_url is not None
        return Pending(
            receipts_due=book.due(outside.clock.now()) if owed else 0,
            in_flight=outside.in_flight,
            next_due=book.next_due() if owed else None,
        )
