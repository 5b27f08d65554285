"""Settings of hazards: those that every service has."""

from servicekit.settings import Settings

__all__ = ["Settings"]
