"""Writers of small documents, from the directory of samples; the long text that is measured, from the benchmarks."""

import sys
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "samples"
sys.path.insert(0, str(SAMPLES))
# Behind everything else: the root holds folders with the names of packages.
sys.path.append(str(Path(__file__).parents[4]))
