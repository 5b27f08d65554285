"""Settings of evidence: where its bytes lie, and every bound on what comes in."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final, Self

from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator

from hazards.domain.evidence import MEDIA_TYPES
from hazards.objects.folder import FolderStore
from hazards.objects.interface import ObjectStore
from hazards.objects.s3 import Bucket, BucketStore
from servicekit import settings as kit

_UPLOAD: Final = re.compile(r"/hazards/[^/]+/evidence/?")


class EvidenceSettings(kit.Settings):
    """Seconds are real ones, but for `evidence_abandoned_hours`. With a bucket the folder is not used."""

    evidence_folder: Path = Field(default=Path(".work/evidence"), description="the local store, from the working directory")
    evidence_s3_bucket: str | None = Field(default=None, min_length=3, max_length=63)
    evidence_s3_endpoint: HttpUrl | None = Field(default=None, description="None: that of AWS for the region")
    evidence_s3_region: str = "us-east-1"
    evidence_s3_access_key_id: SecretStr | None = None
    evidence_s3_secret_access_key: SecretStr | None = None
    evidence_s3_virtual_hosted: bool = Field(default=False, description="the endpoint names the bucket (Aliyun OSS wants it)")
    evidence_s3_seconds: float = Field(default=20, gt=0, description="of one call")
    evidence_s3_retries: int = Field(default=2, ge=0, le=5)

    evidence_limit_bytes: int = Field(default=20 * 1024 * 1024, ge=1, description="of a file")
    evidence_types: tuple[str, ...] = tuple(MEDIA_TYPES)
    evidence_pixels: int = Field(default=50_000_000, ge=1, description="of a picture")
    evidence_seconds: int = Field(default=20, ge=1, description="computing time of one look into a file")
    evidence_memory_bytes: int = Field(default=1024 * 1024 * 1024, ge=128 * 1024 * 1024, description="address space of one look")
    evidence_parallel: int = Field(default=2, ge=1, le=16, description="files looked into and stored at once")
    evidence_wait_seconds: float = Field(default=30, gt=0, description="how long a file waits for its turn")
    evidence_scratch: Path | None = Field(default=None, description="a folder for files under way; None: the system's")
    evidence_abandoned_hours: int = Field(default=24, ge=1, description="after which an object without a row is swept")

    @field_validator("evidence_types")
    @classmethod
    def _known(cls, types: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(types) - set(MEDIA_TYPES):
            raise ValueError(f"cannot be checked and so not be allowed: {', '.join(sorted(unknown))}")
        return types

    @model_validator(mode="after")
    def _whole_bucket(self) -> Self:
        if self.evidence_s3_bucket and not (self.evidence_s3_access_key_id and self.evidence_s3_secret_access_key):
            raise ValueError("evidence_s3_bucket needs evidence_s3_access_key_id and evidence_s3_secret_access_key")
        return self

    @property
    def abandoned_after(self) -> timedelta:
        """`evidence_abandoned_hours` as a duration of the service's clock."""
        return timedelta(hours=self.evidence_abandoned_hours)

    def body_limit(self, path: str) -> int:
        """Files may be larger than other bodies."""
        return self.evidence_limit_bytes if _UPLOAD.fullmatch(path) else super().body_limit(path)


def open_store(settings: EvidenceSettings) -> ObjectStore:
    """Make the store that the settings name. Nothing is opened before its first use."""
    if settings.evidence_s3_bucket is None:
        return FolderStore(settings.evidence_folder)
    key, secret = settings.evidence_s3_access_key_id, settings.evidence_s3_secret_access_key
    assert key is not None  # noqa: S101 - the settings were validated
    assert secret is not None  # noqa: S101 - the settings were validated
    return BucketStore(
        Bucket(
            name=settings.evidence_s3_bucket,
            endpoint=str(settings.evidence_s3_endpoint or f"https://s3.{settings.evidence_s3_region}.amazonaws.com").rstrip("/"),
            region=settings.evidence_s3_region,
            access_key_id=key,
            secret_access_key=secret,
            virtual_hosted=settings.evidence_s3_virtual_hosted,
            seconds=settings.evidence_s3_seconds,
            retries=settings.evidence_s3_retries,
        )
    )
