"""The MCP server: tools and schemas from the table of operations, documents as resources."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import mcp_types as types
from mcp import MCPError
from mcp.server import Server, ServerRequestContext

from bot.service.faults import fault_of
from bot.service.operations import OPERATIONS, Operation
from bot.service.requests import SLICE_MOST, SourcesRequest
from bot.service.service import Service
from sources.document import Document

SCHEME = "torkham://sources/"
PAGE = 200  # resources per reply
LONGEST = 50 * SLICE_MOST  # characters of a document per reply
INSTRUCTIONS = (
    "Torkham answers questions on relations between the Taliban and Pakistan from a fixed library. Call `ask` with the"
    " question in the user's own words and language. Every claim belongs to a party, a speaker and a date, and to a numbered"
    " source: keep all of them, with the numbers exactly as given, when you pass it on. Where parties dispute, show both"
    " sides; never add their figures up. A refusal means that the library holds no answer: say so. `show_source` shows the"
    " words that a citation stands on; `check_quote` tells whether somebody said something, `timeline` what happened when."
)
Context = ServerRequestContext[Any]
T = TypeVar("T")


def server_of(opened: Callable[[], Awaitable[Service]]) -> Server[Any]:
    """The server; `opened` provides the service and may take its time, while other requests are answered."""
    handlers = _Handlers(opened)
    return Server(
        "torkham",
        version=version("torkham"),
        title="Torkham",
        instructions=INSTRUCTIONS,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_templates,
        on_read_resource=handlers.read_resource,
    )


class _Handlers:
    """The handler of each kind of request."""

    def __init__(self, opened: Callable[[], Awaitable[Service]]) -> None:
        self._opened = opened
        self._operations = {operation.name: operation for operation in OPERATIONS}

    async def list_tools(self, context: Context, given: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_tool(operation) for operation in OPERATIONS])

    async def call_tool(self, context: Context, given: types.CallToolRequestParams) -> types.CallToolResult:
        """The result as JSON and as text; errors go to the model, which may correct the call."""
        operation = self._operations.get(given.name)
        if operation is None:
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {given.name!r}: use {', '.join(self._operations)}.")
        try:
            asked = operation.takes.model_validate(given.arguments or {})
            service = await self._opened()
            result = await operation.run(service, asked)
        except Exception as error:
            said = fault_of(error, operation.takes).detail
            return types.CallToolResult(content=[types.TextContent(type="text", text=said)], is_error=True)
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=operation.to_text(service, result))],
            structured_content=operation.to_json(service, result),
        )

    async def list_resources(
        self, context: Context, given: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        cursor = given.cursor if given and given.cursor else "0"
        if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 7:
            raise MCPError(types.INVALID_PARAMS, "This server did not issue that cursor: start without one.")
        wanted = SourcesRequest(words="", kind=None, limit=PAGE, offset=int(cursor))
        listed = await self._served(lambda service: service.sources(wanted))
        following = wanted.offset + PAGE
        return types.ListResourcesResult(
            resources=[_resource(document) for document in listed.documents],
            next_cursor=str(following) if following < listed.total else None,
        )

    async def list_templates(
        self, context: Context, given: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        template = types.ResourceTemplate(
            uri_template=SCHEME + "{document_id}",
            name="source",
            title="A document of the library",
            description="The stored text of a document; offsets of citations count its code points.",
            mime_type="text/plain",
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(self, context: Context, given: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        uri = str(given.uri)
        identifier = unquote(uri.removeprefix(SCHEME))
        document = await self._served(lambda service: service.document(identifier))
        if len(document.text) > LONGEST:
            raise MCPError(types.INVALID_PARAMS, "This document is too long for one reply: read it with show_source.")
        contents = types.TextResourceContents(uri=uri, mime_type="text/plain", text=document.text)
        return types.ReadResourceResult(contents=[contents])

    async def _served(self, work: Callable[[Service], Awaitable[T]]) -> T:
        """The result of the service; MCPError with its sentence on failure."""
        try:
            return await work(await self._opened())
        except Exception as error:
            fault = fault_of(error)
            code = types.INTERNAL_ERROR if fault.kind == "unavailable" else types.INVALID_PARAMS
            raise MCPError(code, fault.detail) from error


def _resource(document: Document) -> types.Resource:
    return types.Resource(
        uri=SCHEME + quote(document.id, safe=""),
        name=document.id,
        title=document.title,
        description=document.summary,
        mime_type="text/plain",
    )


def _tool(operation: Operation) -> types.Tool:
    return types.Tool(
        name=operation.name,
        title=operation.name.replace("_", " ").capitalize(),
        description=operation.about,
        input_schema=operation.takes.model_json_schema(),
        output_schema=operation.gives.model_json_schema(mode="serialization"),
        annotations=types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        ),
    )
