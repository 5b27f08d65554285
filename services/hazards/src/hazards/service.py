"""What hazards is made of."""

from typing import Final

from hazards.api import ROUTERS
from hazards.consumers import CONSUMPTIONS
from hazards.deadlines import Digests, Passing
from hazards.duties import EnterpriseDuties, Lateness, MeasureDeadlines
from hazards.settings import Settings
from servicekit.service import Service

SERVICE: Final = Service(
    name="hazards",
    title="隐患与整改 Hazards and rectification",
    settings=Settings,
    routers=ROUTERS,
    consumptions=CONSUMPTIONS,
    deadlines=(Passing(), Digests(), EnterpriseDuties(), MeasureDeadlines(), Lateness()),
)
