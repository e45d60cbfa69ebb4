"""Errors as problem documents (RFC 9457): a status, a title, and one sentence that says what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from bot.service.faults import Fault

STATUS = {"invalid": 422, "not_found": 404, "overdue": 504, "unavailable": 503}
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that cannot be served; `fields` are sentences by field of the request."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.fields, self.headers = dict(fields or {}), dict(headers or {})

    @classmethod
    def of(cls, fault: Fault) -> Problem:
        """A problem for a fault of the service."""
        headers = {"Retry-After": "2"} if fault.kind == "unavailable" else None
        return cls(STATUS[fault.kind], fault.detail, fields=dict(fault.fields), headers=headers)

    def to_json(self) -> dict[str, Any]:
        """The members of the problem document."""
        about: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        errors = [{"field": name, "detail": said} for name, said in self.fields.items()]
        return {**about, "errors": errors} if errors else about

    def response(self) -> Response:
        """The document as a response."""
        return Response(json.dumps(self.to_json(), ensure_ascii=False), self.status, self.headers, MEDIA_TYPE)
