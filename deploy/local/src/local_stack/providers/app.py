"""The simulator as one ASGI application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI

from local_stack.providers.control_routes import control_routes
from local_stack.providers.outside import Outside
from local_stack.providers.provider_routes import provider_routes
from local_stack.providers.settings import ProviderSettings
from servicekit.clock import Clock


def create_app(settings: ProviderSettings, clock: Clock, work_dir: Path) -> FastAPI:
    """Make the application; it writes the call log into `work_dir` and serves `work_dir/jwks.json`."""
    outside = Outside(settings, clock, work_dir)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        pushing = asyncio.create_task(outside.pusher.run())
        yield
        pushing.cancel()
        with suppress(asyncio.CancelledError):
            await pushing
        outside.records.close()

    app = FastAPI(title="Provider simulator", lifespan=lifespan, openapi_url=None)
    app.include_router(provider_routes(outside))
    app.include_router(control_routes(outside))

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app
