"""Calling the service from the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import httpx
import typer

REFUSED: Final = 1
Address = Annotated[str, typer.Option("--url", envvar="BIHUAN_PLANS_URL", help="方案服务的地址", show_default=False)]
Token = Annotated[str, typer.Option("--token", envvar="BIHUAN_TOKEN", help="访问令牌", show_default=False)]
PlanId = Annotated[str, typer.Argument(metavar="方案编号", help="起草时给出的 plan_id", show_default=False)]
Version = Annotated[int, typer.Option("--version", min=1, help="所核对的版本;期间有人改动则不执行", show_default=False)]


@dataclass(frozen=True, slots=True)
class Remote:
    """The service, as one person reaches it."""

    client: httpx.Client

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        """Read something."""
        return self._send("GET", path, params={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Do something."""
        return self._send("POST", path, json=body)

    def upload(self, name: str, content: bytes) -> dict[str, Any]:
        """Import a document."""
        headers = {"Content-Type": "application/octet-stream"}
        return self._send("POST", "/plans/imports", params={"name": name}, content=content, headers=headers)

    def _send(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            response = self.client.request(method, path, **options)
            answer: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise _exit(f"方案服务没有应答:{type(error).__name__}") from error
        if response.is_success:
            return answer
        lines = [f"  {each['field']}:{each['reason']}" for each in answer.get("errors", ())]
        raise _exit("\n".join([f"{answer.get('title', response.status_code)}:{answer.get('detail', '')}", *lines]))


def connect(context: typer.Context, url: str, token: str, seconds: float = 60) -> Remote:
    """Open the service; a test gives another transport as the context's object."""
    transport = context.obj if isinstance(context.obj, httpx.BaseTransport) else None
    headers = {"Authorization": f"Bearer {token}"}
    return Remote(httpx.Client(base_url=url, headers=headers, timeout=seconds, transport=transport))


def _exit(text: str) -> typer.Exit:
    typer.echo(text, err=True)
    return typer.Exit(REFUSED)
