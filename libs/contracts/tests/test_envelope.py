"""The attributes of a record, one by one."""

from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from contracts import Envelope, decode, encode, encode_headers

ID = UUID("6f1d2f5e-9c0b-5d3a-8a57-0b1c2d3e4f50")
TIME = datetime(2026, 3, 2, 14, 0, 0, 500_000, tzinfo=timezone(timedelta(hours=8)))
TYPE = "bihuan.plans.UnitMoved.v1"


def headers(traceparent: str | None = None) -> dict[str, bytes]:
    return dict(
        encode_headers(
            id=ID, source="/bihuan/services/plans", type=TYPE, time=TIME, key="上", sequence=7, traceparent=traceparent
        )
    )


def test_the_attributes_lie_in_headers() -> None:
    assert headers() == {
        "ce_specversion": b"1.0",
        "ce_id": b"6f1d2f5e-9c0b-5d3a-8a57-0b1c2d3e4f50",
        "ce_source": b"/bihuan/services/plans",
        "ce_type": b"bihuan.plans.UnitMoved.v1",
        "ce_time": b"2026-03-02T06:00:00.500000Z",
        "ce_subject": "上".encode(),
        "ce_dataschema": b"urn:bihuan:schema:bihuan.plans.UnitMoved.v1",
        "ce_partitionkey": "上".encode(),
        "ce_sequence": b"000000000000000007",
        "content-type": b"application/json",
    }


def test_the_trace_is_there_for_cloudevents_and_for_w3c_readers() -> None:
    both = headers("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    assert both["ce_traceparent"] == both["traceparent"] == b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_headers_of_others_are_ignored() -> None:
    envelope = decode(None, [("x-other", b"\xff"), *(headers() | {"ce_type": b"other.Type.v1"}).items()])
    assert (envelope.id, envelope.key, envelope.sequence, envelope.data) == (ID, "上", 7, None)
    assert envelope.dataschema == "urn:bihuan:schema:other.Type.v1"


def test_an_envelope_without_data_is_not_published() -> None:
    envelope = Envelope(id=ID, source="/s", type="other.Type.v1", time=TIME, key="k", sequence=1, data=None)
    with pytest.raises(ValueError, match="without data"):
        encode(envelope)
