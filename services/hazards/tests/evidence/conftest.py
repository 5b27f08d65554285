"""Stores of objects: a folder, and a bucket of a real server."""

import itertools
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

# Helpers of this folder; importlib mode puts no folder of tests on the path.
sys.path.insert(0, str(Path(__file__).parent))

from s3_server import CREDENTIAL, IDENTITY, S3Server

from hazards.consumers import apply_units
from hazards.objects.interface import ObjectStore, object_name
from hazards.objects.settings import EvidenceSettings, open_store
from hazards.service import SERVICE

STORES = ["folder", pytest.param("bucket", marks=pytest.mark.apache)]


@dataclass(frozen=True)
class Kept:
    """A store, the settings that make it, and the folder in which its objects end up."""

    settings: dict[str, Any]
    store: ObjectStore
    folder: Path

    def path(self, digest: bytes) -> Path:
        return self.folder / object_name(digest)

    def count(self) -> int:
        return sum(each.is_file() for each in self.folder.rglob("*"))


@pytest.fixture(scope="session")
def bucket_numbers() -> "itertools.count[int]":
    return itertools.count(1)


@pytest.fixture(scope="session")
async def s3_server(tmp_path_factory: pytest.TempPathFactory, apache_possible: None) -> AsyncIterator[S3Server]:
    """A server for the whole session; where Java or Maven are missing what needs it is skipped."""
    server = S3Server(tmp_path_factory.mktemp("s3"))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def store_settings(issuer) -> Callable[..., EvidenceSettings]:
    """`store_settings(evidence_…=…)` -> settings of a service that needs nothing else."""

    def make(**given: Any) -> EvidenceSettings:
        base = {"database_url": "postgresql://nobody@127.0.0.1:1/none", "kafka_servers": "127.0.0.1:1"}
        return EvidenceSettings(**base, jwks_url=issuer.jwks_url, token_issuer=issuer.name, **given)

    return make


@pytest.fixture
def folder_store(tmp_path: Path, store_settings) -> Kept:
    """A store in a folder that does not exist yet."""
    folder = tmp_path / "some" / "evidence"
    settings = {"evidence_folder": folder}
    return Kept(settings, open_store(store_settings(**settings)), folder)


@pytest.fixture(params=STORES)
def kept(request: pytest.FixtureRequest) -> Kept:
    """Every kind of store in turn, empty."""
    found: Kept = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture
def bucket_store(s3_server: S3Server, bucket_numbers, store_settings) -> Kept:
    """A store in an empty bucket."""
    name = f"evidence-{next(bucket_numbers)}"
    (s3_server.folder / name).mkdir()
    settings = {
        "evidence_s3_bucket": name,
        "evidence_s3_endpoint": s3_server.endpoint,
        "evidence_s3_access_key_id": IDENTITY,
        "evidence_s3_secret_access_key": CREDENTIAL,
        "evidence_s3_seconds": 10,
        "evidence_s3_retries": 0,
    }
    return Kept(settings, open_store(store_settings(**settings)), s3_server.folder / name)


UNITS = ("3308", "330802", "330802101", "330802102", "330802101201", "330802101202", "330802102201", "330803")


class Files:
    """A running service with a store of its own, called as people send and fetch files."""

    def __init__(self, service: Any, kept: Kept) -> None:
        self.service = service
        self.kept = kept
        self.kit = service.kit

    async def report(self, firewood: dict[str, Any], unit: str = "330802101202") -> str:
        answer = await self.service.post("/hazards", firewood, unit=unit)
        assert answer.status_code == 201, answer.text
        hazard_id: str = answer.json()["hazard_id"]
        return hazard_id

    async def send(
        self, hazard_id: object, content: bytes, media_type: str | None = "image/jpeg", *, place: str | None = None, **given: Any
    ) -> httpx.Response:
        """Send a file as `unit=` with `roles=`; the rest goes into the query (`kind=`: before)."""
        who = {"unit": given.pop("unit", "330802101202"), "roles": given.pop("roles", ("submitter",))}
        headers = {
            name: value for name, value in {"Content-Type": media_type, "Evidence-Place": place}.items() if value is not None
        }
        query = {name: value for name, value in {"kind": "before", **given}.items() if value is not None}
        path = f"/hazards/{hazard_id}/evidence"
        return await self.service.call("POST", path, content=content, headers=headers, params=query, **who)

    async def sent(self, hazard_id: object, content: bytes, media_type: str = "image/jpeg", **given: Any) -> dict[str, Any]:
        answer = await self.send(hazard_id, content, media_type, **given)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def fetch(self, evidence: dict[str, Any], query: str = "", **who: Any) -> httpx.Response:
        path = f"/hazards/{evidence['hazard_id']}/evidence/{evidence['evidence_id']}{query}"
        return await self.service.get(path, **{"unit": "330802101202", "roles": ("submitter",), **who})

    async def rows(self, table: str) -> int:
        count: int = await self.kit.pool.fetchval(f"SELECT count(*) FROM {table}")
        return count


@pytest.fixture
def run_files(run_service, unit_events) -> Callable[..., Awaitable[Files]]:
    """`await run_files(kept, evidence_…=…)` -> the service over that store, knowing the tree."""

    async def run(kept: Kept, **setting: Any) -> Files:
        service = await run_service(SERVICE, **kept.settings | setting)
        async with service.kit.pool.acquire() as connection, connection.transaction():
            await apply_units(connection, [unit_events.registered(code) for code in UNITS], service.clock.now())
        return Files(service, kept)

    return run


@pytest.fixture
async def files(run_files, folder_store: Kept) -> Files:
    """The service over a folder."""
    found: Files = await run_files(folder_store)
    return found


@pytest.fixture
async def hazard_id(files: Files, firewood) -> str:
    """A hazard of a village that has no evidence yet."""
    return await files.report(firewood)
