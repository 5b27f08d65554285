"""Settings of hazards: those that every service has, and the bounds of what is imported."""

from hazards.sheets.settings import SheetSettings


class Settings(SheetSettings):
    """All settings of the service."""
