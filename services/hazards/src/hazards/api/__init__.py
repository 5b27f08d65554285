"""The HTTP API of hazards."""

from typing import Final

from hazards.api.accountability import router as _accountability
from hazards.api.enterprises import router as _enterprises
from hazards.api.evidence import router as _evidence
from hazards.api.hazards import router as _hazards
from hazards.api.informants import router as _informants
from hazards.api.judgement import router as _judgement
from hazards.api.ledger import router as _ledger
from hazards.api.library import router as _library
from hazards.api.listings import router as _listings
from hazards.api.look_backs import router as _look_backs
from hazards.api.policies import router as _policies
from hazards.api.rectification import router as _rectification
from hazards.api.supervision import router as _supervision

ROUTERS: Final = (
    _hazards, _evidence, _rectification, _judgement, _supervision, _policies, _library, _ledger, _informants,
    _listings, _enterprises, _look_backs, _accountability,
)  # fmt: skip
