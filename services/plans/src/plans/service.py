"""What plans is made of. It consumes nothing: units, plans and tasks begin here."""

from typing import Final

from plans.api import ROUTERS
from plans.deadlines import TasksOverdue
from plans.settings import Settings
from servicekit.service import Service

SERVICE: Final = Service(
    name="plans",
    title="方案与单位 Plans and units",
    settings=Settings,
    routers=ROUTERS,
    deadlines=(TasksOverdue(),),
)
