"""A keep-alive HTTP client that costs next to nothing, so that what is measured is the service."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

_ANSWER_WITHIN_SECONDS = 60.0


@dataclass(slots=True)
class HttpClient:
    """One connection. Understands answers with a Content-Length, which is what our services send."""

    host: str
    token: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def connect(cls, url: str, token: str) -> Self:
        """Open a connection to the service at a base URL."""
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        return cls(parts.netloc, token, reader, writer)

    async def get(self, path: str) -> Any:
        """The JSON of a GET. Raises AssertionError for any status but 200."""
        status, body = await self.request("GET", path)
        assert status == 200, f"GET {path}: {status} {body!r}"
        return json.loads(body)

    async def request(self, method: str, path: str, body: bytes = b"", token: str | None = None) -> tuple[int, bytes]:
        """Send one request and return status and body; `token` replaces that of the connection."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {token or self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
            answer = await self.reader.readuntil(b"\r\n\r\n")
            status = int(answer[9:12])
            length = next(int(line[15:]) for line in answer.split(b"\r\n") if line[:15].lower() == b"content-length:")
            return status, await self.reader.readexactly(length)

    async def close(self) -> None:
        """Close the connection."""
        self.writer.close()
        await self.writer.wait_closed()
