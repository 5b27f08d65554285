"""The HTTP side that all services share: problems, bounds, authentication, idempotency, probes and metrics."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Annotated, Any, Final

import asyncpg
import structlog
from fastapi import Depends, FastAPI, Header, Response
from fastapi.exceptions import RequestValidationError
from fastapi.requests import Request as HttpRequest
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from servicekit.auth import Principal
from servicekit.database import UNAVAILABLE
from servicekit.kit import Answer, Kit, Request, fingerprint
from servicekit.problems import FieldError, Problem
from servicekit.telemetry import REQUESTS

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PROBLEM_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": text, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, text in {
        400: "The body is not JSON",
        401: "No valid token",
        403: "Wrong role or foreign unit",
        404: "Not known",
        408: "The body did not arrive in time",
        409: "Not in this state",
        413: "Body too large",
        415: "The body is not declared as JSON",
        422: "A field is wrong",
        503: "Try again",
    }.items()
}


def problem_response(problem: Problem) -> JSONResponse:
    """Make the response of a problem."""
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "1"}}.get(problem.status)
    return JSONResponse(problem.body(), problem.status, headers, media_type="application/problem+json")


async def _on_problem(_request: HttpRequest, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - registered for this class only
    return problem_response(error)


async def _on_validation(_request: HttpRequest, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    found = [FieldError(".".join(str(part) for part in each["loc"][1:]) or "body", each["msg"]) for each in error.errors()]
    malformed = any(each["type"] == "json_invalid" for each in error.errors())
    names = "; ".join(f"{each.field}: {each.reason}" for each in found[:5])
    return problem_response(Problem(400 if malformed else 422, names, *found[:50]))


async def _on_http(_request: HttpRequest, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    response = problem_response(Problem(error.status_code, str(error.detail)))
    response.headers.update(error.headers or {})
    return response


async def _on_unavailable(_request: HttpRequest, error: Exception) -> Response:
    log.warning("database_unavailable", error=type(error).__name__)
    # Nobody can know whether a commit that got no answer took place: the same Idempotency-Key makes trying again safe.
    return problem_response(Problem(503, "the database does not answer now; try again, with the same Idempotency-Key if any"))


async def _on_text(_request: HttpRequest, error: Exception) -> Response:
    log.warning("text_refused_by_database", error=type(error).__name__)
    return problem_response(Problem(422, "a text holds characters that cannot be stored, such as NUL"))


async def _on_anything(_request: HttpRequest, error: Exception) -> Response:
    log.error("request_failed", exc_info=error)
    return problem_response(Problem(500, "an error of ours; it was logged"))


class Edge:
    """Outermost ASGI layer: arrival instant, body bound and duration of every request. FastAPI itself makes the span."""

    def __init__(self, app: FastAPI, kit: Kit) -> None:
        self._app = app
        self._kit = kit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["received_at"] = self._kit.clock.now()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        started = time.perf_counter()
        status = 0
        method = scope["method"] if scope["method"] in _METHODS else "other"

        async def observed(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            body = await self._body(receive, headers.get("content-length"), self._kit.settings.body_limit(scope["path"]))
            await self._app(scope, _replay(body, receive), observed)
        except Problem as problem:
            await problem_response(problem)(scope, receive, observed)
        except Exception:
            # The application answered 500 and logged it; raised on, the server would log it once more.
            if status != 500:
                raise
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            REQUESTS.labels(method, route, str(status)).observe(time.perf_counter() - started)

    async def _body(self, receive: Receive, declared: str | None, limit: int) -> bytes:
        try:
            async with asyncio.timeout(self._kit.settings.request_timeout_seconds):
                return await _read_bounded(receive, declared, limit)
        except TimeoutError as error:
            raise Problem(408, "the body did not arrive in time") from error


async def _read_bounded(receive: Receive, declared: str | None, limit: int) -> bytes:
    too_large = Problem(413, f"the body may have at most {limit} bytes")
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise too_large
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400, "the caller went away")
        body += message.get("body", b"")
        if len(body) > limit:
            raise too_large
        if not message.get("more_body"):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def make_app(kit: Kit | None, title: str) -> FastAPI:
    """An application with the shared error handling; routers are added by the service. Without a kit it can only be described."""
    app = FastAPI(
        title=title,
        version="0.1.0",
        # Described to callers with a token only (operations).
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses=PROBLEM_RESPONSES,
        # One span a request: more cost a third of its time. No log records: they hold exception texts as they are.
        telemetry={"operation_spans": False, "metrics": False, "logs": False},
    )
    app.state.kit = kit
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    for error in UNAVAILABLE:
        app.add_exception_handler(error, _on_unavailable)
    for refused in (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError):
        app.add_exception_handler(refused, _on_text)
    app.add_exception_handler(Exception, _on_anything)
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        schema = plain()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = _PROBLEM_SCHEMA
        schema["components"].setdefault("securitySchemes", {})["bearer"] = {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
        }
        schema["security"] = [{"bearer": []}]
        _name_problems_once(schema)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document
    return app


def _name_problems_once(schema: dict[str, Any]) -> None:
    """Let the operations point at the problems instead of repeating them: the document stays readable, and so does its diff."""
    schema["components"]["responses"] = {f"Problem{status}": response for status, response in PROBLEM_RESPONSES.items()}
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation["responses"] |= {
                str(status): {"$ref": f"#/components/responses/Problem{status}"}
                for status in PROBLEM_RESPONSES
                if str(status) in operation["responses"]
            }


_PROBLEM_SCHEMA: Final = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason"],
                "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}


async def _kit(request: HttpRequest) -> Kit:
    kit: Kit = request.app.state.kit
    return kit


async def _principal(request: HttpRequest) -> Principal:
    kit: Kit = request.app.state.kit
    return await kit.authenticator.authenticate(request.headers.get("authorization"))


async def _command(
    request: HttpRequest,
    principal: Annotated[Principal, Depends(_principal)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")] = None,
) -> Request:
    body = await request.body()
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and not (media_type == "application/json" or media_type.endswith("+json")):
        raise Problem(415, "send the body as application/json")
    mark = fingerprint(request.method, request.url.path, body)
    return Request(principal, request.state.received_at, idempotency_key, mark)


KitDep = Annotated[Kit, Depends(_kit)]
PrincipalDep = Annotated[Principal, Depends(_principal)]
CommandDep = Annotated[Request, Depends(_command)]


def respond(answer: Answer) -> Response:
    """Send a command's answer."""
    return Response(answer.body, answer.status, media_type="application/json")
