"""The routes under /v1, one per operation of the service; `/v1/ask` also streams server-sent events while a model
composes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ValidationError
from sse_starlette import EventSourceResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.answering.answer import Answer, Claim
from bot.http.guard import body_of
from bot.http.metrics import Metrics
from bot.http.problems import Problem
from bot.rendering.plain import claim_json
from bot.service.faults import fault_of
from bot.service.operations import OPERATIONS, Operation
from bot.service.requests import AskRequest
from bot.service.service import Service

PING_SECONDS = 10  # between keep-alive comments of a stream


def routes(service: Service, metrics: Metrics) -> list[Route]:
    """A route per operation."""
    return [
        Route(operation.path, _endpoint(service, operation, metrics), methods=[operation.method], name=operation.name)
        for operation in OPERATIONS
    ]


def _endpoint(service: Service, operation: Operation, metrics: Metrics) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        asked = await _read(request, operation.takes)
        if isinstance(asked, AskRequest) and "text/event-stream" in request.headers.get("accept", ""):
            return EventSourceResponse(_growing(service, operation, asked, metrics), ping=PING_SECONDS)
        try:
            result = await operation.run(service, asked)
        except Exception as error:
            raise Problem.of(fault_of(error)) from error
        count(metrics, result)
        return Response(to_bytes(operation.to_json(service, result)), media_type="application/json")

    return serve


async def _read(request: Request, takes: type[BaseModel]) -> BaseModel:
    """Parse the request into its type; Problem if it is invalid."""
    try:
        if request.method == "GET":
            return takes.model_validate({**request.query_params, **request.path_params})
        return takes.model_validate_json(_text(await body_of(request)))
    except ValidationError as error:
        status = 400 if error.errors()[0]["type"] == "json_invalid" else 422
        fault = fault_of(error, takes)
        detail = f"The body is not JSON ({error.errors()[0]['msg']})." if status == 400 else fault.detail
        raise Problem(status, detail, fields=dict(fault.fields) if status == 422 else None) from error


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, f"The body is not UTF-8 (byte {error.start}): encode the JSON as UTF-8.") from error


async def _growing(
    service: Service, operation: Operation, asked: AskRequest, metrics: Metrics
) -> AsyncIterator[dict[str, str]]:
    """Send `claim` for each composed sentence as it passes, then `answer` with the whole, or `problem`."""
    loop = asyncio.get_running_loop()
    grown: asyncio.Queue[Claim | None] = asyncio.Queue()

    def shown(claim: Claim) -> None:
        loop.call_soon_threadsafe(grown.put_nowait, claim)

    making = asyncio.ensure_future(service.ask(asked, shown))
    making.add_done_callback(lambda _: grown.put_nowait(None))
    try:
        while (claim := await grown.get()) is not None:
            yield _event("claim", claim_json(claim, service.parties))
        try:
            answer = making.result()
        except Exception as error:
            yield _event("problem", Problem.of(fault_of(error)).to_json())
        else:
            count(metrics, answer)
            yield _event("answer", operation.to_json(service, answer))
    finally:
        making.cancel()


def _event(name: str, data: dict[str, Any]) -> dict[str, str]:
    return {"event": name, "data": json.dumps(data, ensure_ascii=False)}


def to_bytes(value: object) -> bytes:
    """JSON as sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def count(metrics: Metrics, result: object) -> None:
    """Count an answer by its outcome."""
    if isinstance(result, Answer):
        metrics.answers.labels("abstained" if result.abstained else "answered").inc()
