"""Settings of hazards: those that every service has, bounds of what is imported, keys for what is sealed."""

from hazards.objects.settings import EvidenceSettings
from hazards.sealing import SealingSettings
from hazards.sheets.settings import SheetSettings


class Settings(EvidenceSettings, SheetSettings, SealingSettings):
    """All settings of the service."""
