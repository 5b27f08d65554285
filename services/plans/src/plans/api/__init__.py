"""The HTTP API of plans."""

from typing import Final

from plans.api.plans import router as _plans
from plans.api.review import router as _review
from plans.api.units import router as _units

ROUTERS: Final = (_units, _plans, _review)
