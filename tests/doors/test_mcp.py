"""The MCP door, spoken to by the SDK's own client: in this process, as a process on stdio, and over streamable HTTP."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager

import httpx
import jsonschema
import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from support.running.served import DOOR, process, serving
from support.running.telegram_bot import TRUCE

from bot.mcp.server import INSTRUCTIONS, SCHEME, server_of
from bot.service.operations import OPERATIONS
from index.errors import NoIndexError

pytestmark = pytest.mark.anyio
QUESTION = {"question": "Where is the border fence?"}


@asynccontextmanager
async def client_of(home, monkeypatch):
    async with serving(home, monkeypatch) as service:

        async def opened():
            return service

        async with Client(server_of(opened)) as client:
            yield client


async def test_tools_are_the_operations_and_say_what_to_keep(home, monkeypatch):
    async with client_of(home, monkeypatch) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {operation.name for operation in OPERATIONS}
        for name in ("ask", "search"):
            assert "keep who says it (speaker and party), its date and its numbers" in tools[name].description
        for tool in tools.values():
            jsonschema.Draft202012Validator.check_schema(tool.input_schema)
            jsonschema.Draft202012Validator.check_schema(tool.output_schema)
            assert tool.annotations.read_only_hint
        assert client.instructions == INSTRUCTIONS


async def test_a_result_is_json_by_its_schema_and_text_with_numbered_sources(home, monkeypatch):
    async with client_of(home, monkeypatch) as client:
        schemas = {tool.name: tool.output_schema for tool in (await client.list_tools()).tools}
        answered = await client.call_tool("ask", QUESTION)
        [citation, *_] = answered.structured_content["citations"]
        assert f"\n[{citation['number']}] " in answered.content[0].text
        place = {key: citation[key] for key in ("document_id", "start", "end")}
        shown = await client.call_tool("show_source", place)
        assert shown.structured_content["quote"] == citation["quote"]
        assert f">>>{citation['quote']}<<<" in shown.content[0].text
        found = await client.call_tool("search", {"query": "fence"})
        listed = await client.call_tool("list_sources", {})
        checked = await client.call_tool("check_quote", {"words": TRUCE, "speaker": "Pakistan"})
        assert checked.structured_content["verdict"] == "said"
        told = await client.call_tool("timeline", {"words": "truce", "from": "2025", "to": "2025-10"})
        assert told.structured_content["count"] == 1
        assert "\n[2] " in told.content[0].text
        results = {
            "ask": answered, "show_source": shown, "search": found, "list_sources": listed, "check_quote": checked,
            "timeline": told,
        }  # fmt: skip
        for name, result in results.items():
            assert not result.is_error
            jsonschema.validate(result.structured_content, schemas[name])


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {}, "question: Field required"),
        ("ask", {"question": "x", "langage": "en"}, "did you mean language?"),
        ("ask", {"question": "?"}, "The question is empty"),
        ("check_quote", {"words": "a truce"}, "at least 3 words"),
        ("timeline", {"since": "2021"}, "There is no such field"),
        ("timeline", {"type": "wars"}, "type: Input should be 'agreement'"),
        ("show_source", {"document_id": "fense"}, "did you mean fence?"),
        ("show_source", {"document_id": "fence", "start": 9, "end": 3}, "offsets in order"),
    ],
)
async def test_what_is_wrong_with_a_call_is_said_to_the_model(home, monkeypatch, tool, arguments, said):
    async with client_of(home, monkeypatch) as client:
        result = await client.call_tool(tool, arguments)
        assert result.is_error
        assert said in result.content[0].text


async def test_documents_are_resources(home, monkeypatch):
    async with client_of(home, monkeypatch) as client:
        listed = (await client.list_resources()).resources
        assert [each.uri for each in listed] == [f"{SCHEME}{name}" for name in ("doha", "fence", "refugees")]
        read = await client.read_resource(f"{SCHEME}fence")
        assert read.contents[0].text.startswith("Pakistan built a fence")
        for uri in (f"{SCHEME}fense", "file:///etc/passwd"):
            with pytest.raises(MCPError, match="There is no document"):
                await client.read_resource(uri)
        templates = (await client.list_resource_templates()).resource_templates
        assert [each.uri_template for each in templates] == [SCHEME + "{document_id}"]


async def test_where_the_library_cannot_be_opened_the_tools_are_told_and_every_call_says_so():
    async def opened():
        raise NoIndexError("There is no index: run `torkham index update`.")

    async with Client(server_of(opened)) as client:
        assert len((await client.list_tools()).tools) == len(OPERATIONS)
        result = await client.call_tool("ask", QUESTION)
        assert result.is_error
        assert "cannot be read for now" in result.content[0].text
        with pytest.raises(MCPError, match="cannot be read for now"):
            await client.list_resources()


async def test_an_unknown_tool_and_a_bad_cursor_are_errors(home, monkeypatch):
    async with client_of(home, monkeypatch) as client:
        with pytest.raises(MCPError, match="There is no tool 'guess'"):
            await client.call_tool("guess", {})
        with pytest.raises(MCPError, match="did not issue that cursor"):
            await client.list_resources(cursor="x")


@pytest.mark.parametrize("mode", ["auto", pytest.param("legacy", marks=pytest.mark.slow)])
async def test_as_a_process_on_stdio_nothing_but_the_protocol_is_written(home, mode):
    server = StdioServerParameters(command=sys.executable, args=[DOOR, str(home), "mcp"], env=dict(os.environ))
    async with Client(stdio_client(server), mode=mode) as client:
        assert client.server_info.name == "torkham"
        answered = await client.call_tool("ask", QUESTION)
        assert answered.structured_content["generation"] == "000001"
        together = await asyncio.gather(*(client.call_tool("ask", QUESTION) for _ in range(5)))
        assert {each.structured_content["answer"] for each in together} == {answered.structured_content["answer"]}


async def test_over_streamable_http_on_this_machine(home):
    async with process(home, "mcp", "--http") as port:
        async with Client(f"http://127.0.0.1:{port}/mcp") as client:
            answered = await client.call_tool("ask", QUESTION)
            assert answered.structured_content["generation"] == "000001"
        async with httpx.AsyncClient() as other:
            headers = {"Host": "evil.example", "Content-Type": "application/json"}
            reply = await other.post(f"http://127.0.0.1:{port}/mcp", headers=headers, content=b"{}")
            assert reply.status_code == 421
