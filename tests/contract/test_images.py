"""The images of the services: built alike, from what the lock pins."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = sorted(folder.parent.name for folder in ROOT.glob("services/*/pyproject.toml"))


def dockerfile(service: str) -> str:
    return (ROOT / "services" / service / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("service", SERVICES)
def test_images_differ_in_the_name_of_their_service_only(service: str) -> None:
    assert dockerfile(service).replace(service, SERVICES[0]) == dockerfile(SERVICES[0])


def test_images_are_built_by_the_uv_that_wrote_the_lock() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (version,) = (line.partition(":=")[2].strip() for line in makefile.splitlines() if line.startswith("UV_VERSION"))
    assert f"uv=={version}\n" in dockerfile(SERVICES[0])
