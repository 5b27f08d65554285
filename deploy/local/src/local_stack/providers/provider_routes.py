"""The providers' public HTTP interfaces."""

import asyncio
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from local_stack.providers import sms
from local_stack.providers.answers import Answer, Refusal
from local_stack.providers.outside import Outside
from local_stack.providers.signature import SignedRequest
from local_stack.providers.wecom_rules import read_json
from servicekit.clock import SystemClock

SMS_VERSION = "2017-05-25"


def provider_routes(outside: Outside) -> APIRouter:
    """Make the routes of Aliyun Dysms, WeCom and the identity provider's keys."""
    router = APIRouter()
    system_clock = SystemClock()

    @router.api_route("/", methods=["GET", "POST"])
    async def dysms(request: Request) -> Response:
        with outside.serving():
            signed = await _signed_request(request)
            refusal = outside.signatures.refusal(signed, system_clock.now())
            answer = sms.refused(refusal) if refusal else _dysms_action(outside, signed)
            return await _respond(request, answer, BackgroundTask(outside.pusher.wake))

    @router.get("/cgi-bin/gettoken")
    async def get_token(corpid: str | None = None, corpsecret: str | None = None) -> Response:
        return JSONResponse(outside.wecom.token(corpid, corpsecret, outside.clock.now()).body)

    @router.post("/cgi-bin/message/send")
    async def send_message(request: Request, access_token: str | None = None) -> Response:
        with outside.serving():
            body = read_json(await request.body())
            return await _respond(request, outside.wecom.send(access_token, body, outside.clock.now()))

    @router.post("/cgi-bin/webhook/send")
    async def send_by_robot(request: Request, key: str | None = None) -> Response:
        with outside.serving():
            body = read_json(await request.body())
            return await _respond(request, outside.wecom.robot(key, body, outside.clock.now()))

    @router.get("/oidc/jwks.json")
    async def jwks() -> Response:
        path = outside.work_dir / "jwks.json"
        if not path.exists():
            return JSONResponse({"title": "no keys have been issued yet"}, status_code=503)
        return Response(path.read_bytes(), media_type="application/json")

    return router


def _dysms_action(outside: Outside, signed: SignedRequest) -> Answer:
    if signed.headers["x-acs-version"] != SMS_VERSION:
        return sms.refused(Refusal("InvalidVersion", "Specified parameter Version is not valid.", 400))
    parameters = dict(signed.query)
    if signed.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        parameters |= dict(parse_qsl(signed.body.decode(errors="replace"), keep_blank_values=True))
    now = outside.clock.now()
    match signed.headers["x-acs-action"]:
        case "SendSms":
            return outside.sms.send(parameters, now)
        case "QuerySendDetails":
            return outside.sms.query(parameters, now)
        case _:
            return sms.refused(Refusal("InvalidAction.NotFound", "Specified api is not found.", 404))


async def _signed_request(request: Request) -> SignedRequest:
    return SignedRequest(
        method=request.method,
        path=request.url.path,
        query=tuple(parse_qsl(request.url.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
    )


async def _respond(request: Request, answer: Answer, background: BackgroundTask | None = None) -> Response:
    if answer.body is None:
        await _until_gone(request)
        return Response(status_code=204)
    if answer.delay_seconds:
        await asyncio.sleep(answer.delay_seconds)
    return JSONResponse(answer.body, answer.status, answer.headers, background=background)


async def _until_gone(request: Request) -> None:
    # The body has been read, so the next message of the connection can only be its end.
    while (await request.receive())["type"] != "http.disconnect":
        pass
