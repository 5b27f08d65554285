"""`python -m hazards.cli`: the same where only this service is installed."""

from hazards.cli import app

app()
