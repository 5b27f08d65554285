"""Writers of small documents, from the directory of samples."""

import sys
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "samples"
sys.path.insert(0, str(SAMPLES))
