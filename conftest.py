"""What every test run needs before it collects anything."""

import sys
from pathlib import Path

# The folder `rehearsal/` has the name of the package inside it. In importlib mode pytest would take the folder for the
# package; once the package itself has been imported, it does not.
import rehearsal  # noqa: F401

# The oracle and the scenario generator are shared by rehearsal/tests and tests/e2e.
sys.path.insert(0, str(Path(__file__).parent / "rehearsal" / "tests"))
