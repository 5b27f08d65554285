"""The HTTP API of plans."""

from typing import Final

from plans.api.deadlines import router as _deadlines
from plans.api.imports import router as _imports
from plans.api.plans import router as _plans
from plans.api.proposals import router as _proposals
from plans.api.review import router as _review
from plans.api.reviewing import router as _reviewing
from plans.api.tasks import router as _tasks
from plans.api.units import router as _units

# Before plans, whose /plans/{plan_id} would take /plans/imports for a plan.
ROUTERS: Final = (_units, _imports, _proposals, _plans, _deadlines, _review, _reviewing, _tasks)
