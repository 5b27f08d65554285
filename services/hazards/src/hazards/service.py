"""What hazards is made of."""

from typing import Final

from hazards import api
from hazards.consumers import CONSUMPTIONS
from hazards.deadlines import Overdue
from hazards.settings import Settings
from servicekit.service import Service

SERVICE: Final = Service(
    name="hazards",
    title="隐患与整改 Hazards and rectification",
    settings=Settings,
    routers=(api.router,),
    consumptions=CONSUMPTIONS,
    deadlines=(Overdue(),),
)
