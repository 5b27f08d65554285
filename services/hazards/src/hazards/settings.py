"""Settings of hazards: those that every service has, and the bounds of what is imported."""

from hazards.sealing import SealingSettings
from hazards.sheets.settings import SheetSettings


class Settings(SheetSettings, SealingSettings):
    """All settings of the service."""
