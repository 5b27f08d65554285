"""Places in the checkout."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[4]
"""The checkout: the stack starts services and finds migrations from here."""

WORK: Final = ROOT / ".work"
"""What the stack may delete: data, logs, fetched artifacts. `make clean` removes it."""
