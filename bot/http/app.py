"""The application: the guard around the API, the pages, and server information."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bot.http import api
from bot.http.guard import Guard
from bot.http.metrics import Metrics
from bot.http.openapi import document
from bot.http.pages import TEMPLATES, Pages
from bot.http.problems import Problem
from bot.http.tokens import Tokens, is_loopback
from bot.service.service import Service
from bot.settings import Settings

_CLIENT_LEFT = 499  # for the metrics; as in nginx, where a client leaves before its request is whole
_SAID = {
    404: "There is nothing at this address: see /docs.",
    405: "This address does not support that method: see /docs.",
}


def application(service: Service, settings: Settings, tokens: Tokens) -> ASGIApp:
    """The complete application, for any ASGI server."""
    metrics = Metrics(service)
    here = is_loopback(settings.http_host)
    inner = Starlette(
        routes=[
            *api.routes(service, metrics),
            *Pages(service, metrics).routes(),
            *_about(service, settings, metrics),
        ],
        exception_handlers={Problem: _problem, HTTPException: _http, ClientDisconnect: _left},  # type: ignore[dict-item]
    )
    guarded: ASGIApp = Guard(
        inner,
        metrics=metrics,
        tokens=tokens,
        per_minute=settings.http_per_minute,
        hosts=_hosts(settings),
        open_api=here and not tokens and not settings.public_url,  # a proxy on this machine admits others
        open_pages=here or bool(settings.public_url),
        seconds=settings.http_answer_seconds,
    )
    if settings.http_origin:
        guarded = CORSMiddleware(
            guarded,
            allow_origins=[settings.http_origin.rstrip("/")],
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )
    return guarded


def _hosts(settings: Settings) -> tuple[str, ...]:
    """On loopback, only its own names: otherwise a web page could make a browser call it by a name of its own (DNS
    rebinding).
    """
    if not is_loopback(settings.http_host):
        return ()
    public = urlsplit(settings.public_url).hostname or ""
    return tuple(filter(None, ("localhost", "127.0.0.1", "[::1]", settings.http_host, public.lower())))


def _about(service: Service, settings: Settings, metrics: Metrics) -> list[Route]:
    server = settings.public_url or f"http://{settings.http_host}:{settings.http_port}"
    described = document(server)
    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)
    docs = templates.get_template("docs.html").render(api=described, fields=_fields(described), server=server)
    fixed = {"Cache-Control": "max-age=3600"}

    async def health(request: Request) -> Response:
        living = service.live.processes
        about: dict[str, Any] = {
            "status": "ok", "version": version("torkham"), "generation": service.live.generation,
            **({"processes": f"{living[0]} of {living[1]}"} if living else {}),
        }  # fmt: skip
        return JSONResponse(about)

    async def watched(request: Request) -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def style(request: Request) -> Response:
        return Response((TEMPLATES / "style.css").read_bytes(), headers=fixed, media_type="text/css")

    async def icon(request: Request) -> Response:
        return Response((TEMPLATES / "icon.svg").read_bytes(), headers=fixed, media_type="image/svg+xml")

    async def openapi(request: Request) -> Response:
        return Response(json.dumps(described, ensure_ascii=False), headers=fixed, media_type="application/json")

    async def page(request: Request) -> Response:
        return HTMLResponse(docs, headers=fixed)

    ends = {"/healthz": health, "/metrics": watched, "/style.css": style, "/icon.svg": icon,
            "/openapi.json": openapi, "/docs": page}  # fmt: skip
    return [Route(path, end, methods=["GET"]) for path, end in ends.items()]


def _fields(described: dict[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    """(name, type, description) of the fields of each operation."""
    found = {}
    for methods in described["paths"].values():
        for operation in methods.values():
            if "requestBody" in operation:
                name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                fields = described["components"]["schemas"][name]["properties"]
            else:
                fields = {each["name"]: {**each["schema"], **each} for each in operation["parameters"]}
            found[operation["operationId"]] = [
                (name, _kind(field), field.get("description", "")) for name, field in fields.items()
            ]
    return found


def _kind(field: dict[str, Any]) -> str:
    kinds = [each.get("type", "") for each in field.get("anyOf", [field])]
    return " or ".join(kind or "string" for kind in kinds)


async def _problem(request: Request, error: Problem) -> Response:
    return error.response()


async def _http(request: Request, error: HTTPException) -> Response:
    detail = _SAID.get(error.status_code, str(error.detail))
    return Problem(error.status_code, detail, headers=dict(error.headers or {})).response()


async def _left(request: Request, error: ClientDisconnect) -> Response:
    return Response(status_code=_CLIENT_LEFT)
