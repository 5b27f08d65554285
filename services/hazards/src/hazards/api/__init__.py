"""The HTTP API of hazards."""

from typing import Final

from hazards.api.evidence import router as _evidence
from hazards.api.hazards import router as _hazards
from hazards.api.informants import router as _informants
from hazards.api.judgement import router as _judgement
from hazards.api.ledger import router as _ledger
from hazards.api.library import router as _library
from hazards.api.policies import router as _policies
from hazards.api.rectification import router as _rectification
from hazards.api.supervision import router as _supervision

ROUTERS: Final = (_hazards, _evidence, _rectification, _judgement, _supervision, _policies, _library, _ledger, _informants)
