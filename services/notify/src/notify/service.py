"""What notify is made of."""

from typing import Final

from contracts.topics import consumed_by
from notify.api import alerts, contacts, receipts
from notify.consumers import apply
from notify.deadlines import Sending
from notify.sender import run_sender
from notify.settings import NotifySettings
from notify.store.notifications import IN_FLIGHT
from servicekit.service import Consumption, Service

SERVICE: Final = Service(
    name="notify",
    title="通知 Alerts and notifications",
    settings=NotifySettings,
    routers=(contacts.router, alerts.router, receipts.router),
    consumptions=(Consumption("notify", consumed_by("notify"), apply),),
    workers=(run_sender,),
    schedules=(Sending(),),
    in_flight_sql=IN_FLIGHT,
)
