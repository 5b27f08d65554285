"""What reporting is made of."""

from typing import Final

from contracts.topics import consumed_by
from reporting.api import hazards, lists, occurrences, plan_lists, submissions, tasks
from reporting.consumers import apply
from reporting.deadlines import Escalation, Materialisation, Recalculation
from reporting.settings import ReportingSettings
from servicekit.service import Consumption, Service

SERVICE: Final = Service(
    name="reporting",
    title="报送 Reporting",
    settings=ReportingSettings,
    routers=(submissions.router, occurrences.router, tasks.router, hazards.router, plan_lists.router, lists.router),
    consumptions=(Consumption("reporting", tuple(consumed_by("reporting")), apply),),
    deadlines=(Recalculation(), Materialisation(), Escalation()),
)
