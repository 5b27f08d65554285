"""The shared fixtures skip what cannot run here, and fail instead when the build requires it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_stack.paths import ROOT

pytestmark = pytest.mark.io

NEEDS_APACHE = "deploy/local/tests/test_brokers.py::test_apache_kafka_has_the_platforms_topics_and_makes_no_others"


@pytest.mark.parametrize(("required", "code", "outcome"), [("0", 0, "1 skipped"), ("1", 1, "1 error")])
def test_without_java_a_test_on_apache_kafka_is_skipped_or_fails_as_required(
    required: str, code: int, outcome: str, tmp_path: Path
) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "KAFKA_REQUIRED": required}
    environment.pop("JAVA_HOME", None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", NEEDS_APACHE]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == code, run.stdout
    assert outcome in run.stdout
    assert "Java is missing: install" in run.stdout
