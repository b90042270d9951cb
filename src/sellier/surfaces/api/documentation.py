"""The document of the API, for programs and for people."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

from litestar import Response, Router, get
from litestar.params import QueryParameter
from litestar.response import Template

from sellier.infra import web
from sellier.infra.web import Configuration, Visitor
from sellier.surfaces.api import openapi, webhooks
from sellier.surfaces.api.router import ENDPOINTS

DEPTH: Final = 4  # of members within members; no shape of ours goes deeper
APOSTROPHE: Final = "\u2019"
_MARKS: Final = re.compile(r"\*\*(.+?)\*\*|`(.+?)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text: plain, strong or code."""

    kind: Literal["plain", "strong", "code"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A parameter, or a member of a body, by its path."""

    name: str
    kind: str
    place: str  # query | path | header | body
    is_required: bool
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A status that an endpoint may answer with."""

    status: int
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One operation, as a reader wants it."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    about: Sequence[str]
    members: Sequence[Member]
    body: Sequence[Member]
    answer: Sequence[Member]
    outcomes: Sequence[Outcome]
    body_example: str
    answer_example: str
    curl: str


@get("/openapi.json", include_in_schema=False, sync_to_thread=False)
def file() -> Response[bytes]:
    """Send the OpenAPI document."""
    return Response(openapi.written(), media_type="application/json")


@get("/docs", include_in_schema=False, sync_to_thread=False)
def page(
    *,
    request: Visitor,
    settings: Configuration,
    lang: Annotated[Literal["fr", "en"] | None, QueryParameter()] = None,
) -> Template:
    """Show the document."""
    shown = endpoints(settings.url)
    tags = list(dict.fromkeys(endpoint.tag for endpoint in shown))
    return web.page(
        request,
        "api/docs/page.html",
        lang=lang or web.language_of(request),
        groups=[(tag, [one for one in shown if one.tag == tag]) for tag in tags],
        about=paragraphs(openapi.DESCRIPTION),
        pieces=pieces,
        webhooks_about=[webhooks.ABOUT],
        events=webhooks.events(),
        version=openapi.VERSION,
        alternates={code: f"/api/docs?lang={code}" for code in web.LANGUAGES},
    )


router = Router(path="/api", route_handlers=[file, page])


@lru_cache(maxsize=4)
def endpoints(site: str) -> Sequence[Endpoint]:
    """Read every operation out of the document, in the order of the router."""
    told = openapi.document()
    order = [handler.operation_id for handler in ENDPOINTS]
    found = [
        _endpoint(path, method, operation=operation, told=told, site=site)
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]
    return sorted(found, key=lambda endpoint: order.index(endpoint.id))


def paragraphs(text: str) -> Sequence[str]:
    """Split a text into paragraphs of one line each: what its French is found by."""
    return [" ".join(part.split()) for part in text.split("\n\n")]


def pieces(text: str) -> Iterator[Piece]:
    """Cut a text, in whatever language it came out, into plain, strong and code pieces."""
    text, start = str(text), 0  # not the markup that a template takes it for
    for mark in _MARKS.finditer(text):
        yield Piece(kind="plain", text=text[start : mark.start()].replace("'", APOSTROPHE))
        strong, code = mark.groups()
        yield Piece(kind="strong", text=strong) if strong else Piece(kind="code", text=code)
        start = mark.end()
    yield Piece(kind="plain", text=text[start:].replace("'", APOSTROPHE))


def _endpoint(
    path: str, method: str, *, operation: Mapping[str, Any], told: Mapping[str, Any], site: str
) -> Endpoint:
    body, example = None, None
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]
        body, example = content["schema"], content["example"]
    good = next(one for one in operation["responses"].values() if "$ref" not in one)
    answer = good["content"]["application/json"]
    return Endpoint(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        tag=operation["tags"][0],
        summary=operation["summary"],
        about=paragraphs(operation["description"]),
        members=[_parameter(_followed(one, told)) for one in operation["parameters"]],
        body=list(_members(body, told)) if body else (),
        answer=list(_members(answer["schema"], told)),
        outcomes=list(_outcomes(operation["responses"], told)),
        body_example=_json(example) if example is not None else "",
        answer_example=_json(answer["example"]),
        curl=_curl(path, method, operation=operation, example=example, site=site),
    )


def _outcomes(told: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Outcome]:
    for status, response in told.items():
        yield Outcome(status=int(status), about=_followed(response, document)["description"])


def _parameter(told: Mapping[str, Any]) -> Member:
    return Member(
        name=told["name"],
        kind=_kind(told["schema"]),
        place=told["in"],
        is_required=told["required"],
        about=told.get("description", ""),
    )


def _members(
    schema: Mapping[str, Any], told: Mapping[str, Any], *, prefix: str = "", depth: int = 0
) -> Iterator[Member]:
    """Name every member of a shape by its path, members of members too."""
    shape = _bare(schema, told)
    for name, inner in shape.get("properties", {}).items():
        below = _bare(inner, told)
        path = f"{prefix}{name}"
        yield Member(
            name=path,
            kind=_kind({**below, "is_optional": _is_optional(inner)}),
            place="body",
            is_required=name in shape.get("required", ()),
            about=inner.get("description", "") if "$ref" not in inner else "",
        )
        is_list = below.get("type") == "array"
        under = _bare(below["items"], told) if is_list else below
        # An amount is explained once, at the top of the page.
        if depth < DEPTH and under.get("title") != "MoneyAnswer" and "properties" in under:
            dots = "[]." if is_list else "."
            yield from _members(under, told, prefix=f"{path}{dots}", depth=depth + 1)


def _bare(schema: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the shape itself, without its reference and without its null."""
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return _followed(choices[0] if choices else schema, told)


def _is_optional(schema: Mapping[str, Any]) -> bool:
    return any(one.get("type") == "null" for one in schema.get("anyOf", ()))


def _followed(schema: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Any = told
    for step in schema["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    followed: Mapping[str, Any] = found
    return followed


def _kind(schema: Mapping[str, Any]) -> str:
    name = schema.get("title", "") if "properties" in schema else ""
    kind = "money" if name == "MoneyAnswer" else str(schema.get("type", ""))
    if values := schema.get("enum"):
        kind = " | ".join(values)
    return f"{kind}, null" if schema.get("is_optional") else kind


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _curl(
    path: str, method: str, *, operation: Mapping[str, Any], example: object, site: str
) -> str:
    for parameter in operation["parameters"]:
        if parameter.get("in") == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
    query = {"search": "?q=red+tote", "getAvailability": "?sku=ECLUSE-COGNAC-M"}
    verb = "" if method == "get" else f" -X {method.upper()}"
    lines = [f"curl{verb} '{site}{path}{query.get(operation['operationId'], '')}'"]
    if operation["security"]:
        lines.append('-H "Authorization: Bearer $SECRET"')
    if method != "get":
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if example is not None:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{_json(example)}'")
    return " \\\n  ".join(lines)
