"""The document of the API (OpenAPI 3.1), made from the handlers and the shapes they use.

Litestar reads addresses and parameters off the handlers; the shapes are written by msgspec, which
knows their limits exactly; the rest (keys, secrets, problems) is the same everywhere and is said
by each handler's `opt`.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import License, Server, Tag

from sellier.surfaces.api import examples, webhooks
from sellier.surfaces.api.answers import ProblemAnswer
from sellier.surfaces.api.router import ENDPOINTS, router

VERSION: Final = "1.0.0"
_REF: Final = "#/components/schemas/{name}"
_METHODS: Final = ("get", "post", "put", "delete")
# What the application provides to handlers; their values do not matter to a document.
_PROVIDED: Final = ("counter", "db", "now", "sessions", "settings", "keys", "provider", "index")

DESCRIPTION: Final = """\
Everything that the storefronts do, for programs: find pieces, see where they are, fill a cart,
order and pay.

**Amounts** are whole minor units of an ISO 4217 currency. The server computes every one of them;
none is ever taken from a request.

**Changes** carry an `Idempotency-Key`: a new UUID for each thing you mean, the same one when you
repeat it. A repeat has no second effect and gets the same bytes. Another body under the same key
is refused (422); while the first request still runs a repeat is told so (409). What was refused
is not kept, so the key may be used again. Keys are fenced by the secret that they come with.

**Secrets** open one cart or one order: send them as `Authorization: Bearer …`. What belongs to
others is told like what does not exist.

**Problems** are RFC 9457 documents. `code` is for programs and never changes; `detail` is for
people. Unknown members and parameters are refused, and `"1"` is not `1`.

After a 503, wait as `Retry-After` says and send the same request again, with the same key.
"""

_TAGS: Final = (
    Tag(name="Catalog", description="Pieces: found, read, and where units of them are."),
    Tag(name="Places", description="Boutiques and warehouses."),
    Tag(name="Carts", description="What a customer means to buy."),
    Tag(name="Orders", description="What a customer bought, and how it is paid."),
    Tag(name="Returns", description="What of an order comes back, and what is given back for it."),
)
_WHY: Final[Mapping[int, str]] = {
    400: "The request is not what this document says.",
    401: "The secret is missing.",
    404: "It does not exist, or it belongs to someone else.",
    409: "The present state forbids it, or the first request with this key still runs.",
    413: "The body is larger than 64 KB.",
    415: "The body is not JSON.",
    422: "It makes no sense here, or the key was used for another request.",
    429: "Too many requests. Wait as `Retry-After` says.",
    503: "Something that this needs is not answering. Wait as `Retry-After` says.",
}
_CODES: Final[Mapping[int, str]] = {
    400: "api.body_invalid",
    401: "api.secret_missing",
    404: "api.cart_not_found",
    409: "carts.cart_changed",
    413: "http.request_entity_too_large",
    415: "api.not_json",
    422: "idempotency.key_reused",
    429: "http.too_many_requests",
    503: "http.service_unavailable",
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the document, the same one for every deployment."""
    made = _application().openapi_schema.to_schema()
    handlers = {handler.operation_id: handler for handler in ENDPOINTS}
    for path in made["paths"].values():
        for method in _METHODS:
            if method in path:
                path[method] = _operation(path[method], handlers)
    made["components"] = _components()
    made["webhooks"] = webhooks.described()
    return made


def written() -> bytes:
    """Return the document as it is committed and served."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2) + b"\n"


def config() -> OpenAPIConfig:
    """Return what Litestar needs to know to write its part of the document."""
    return OpenAPIConfig(
        title="Sellier",
        version=VERSION,
        summary="The public API of a Sellier deployment.",
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        servers=[Server(url="/", description="This deployment.")],
        tags=list(_TAGS),
        use_handler_docstrings=True,
    )


def _application() -> Litestar:
    """Build an application of the API alone; it is read, never run."""
    provided = {name: Provide(lambda: None, sync_to_thread=False) for name in _PROVIDED}
    return Litestar([router], dependencies=provided, openapi_config=config(), logging_config=None)


def _operation(told: Mapping[str, Any], handlers: Mapping[Any, HTTPRouteHandler]) -> dict[str, Any]:
    name = told["operationId"]
    handler = handlers[name]
    made = {key: told[key] for key in ("tags", "summary", "operationId")}
    made["description"] = _flowing(told["description"])
    made["parameters"] = [_parameter(one) for one in told.get("parameters", ())]
    if "has_key" in handler.opt:
        made["parameters"].append({"$ref": "#/components/parameters/IdempotencyKey"})
    made["security"] = [{"secret": []}] if "has_secret" in handler.opt else []
    if "form" in handler.opt:
        made["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": _REF.format(name=handler.opt["form"].__name__)},
                    "example": examples.REQUESTS[name],
                }
            },
        }
    made["responses"] = dict(_responses(handler, name))
    return made


def _responses(handler: HTTPRouteHandler, name: str) -> Iterator[tuple[str, Any]]:
    status = handler.status_code or HTTPStatus.OK
    yield (
        str(int(status)),
        {
            "description": HTTPStatus(status).phrase,
            "content": {
                "application/json": {
                    "schema": {"$ref": _REF.format(name=handler.opt["answer"].__name__)},
                    "example": examples.ANSWERS[name],
                }
            },
        },
    )
    for problem in sorted({*handler.opt["problems"], 429, 503}):
        yield str(problem), {"$ref": f"#/components/responses/Problem{problem}"}


def _parameter(told: Mapping[str, Any]) -> dict[str, Any]:
    """Say of a parameter what there is to say; one that may be absent is not for that null."""
    schema = {key: value for key, value in told["schema"].items() if key != "description"}
    for choice in schema.pop("oneOf", ()):
        if choice.get("type") != "null":
            schema = {**choice, **schema}
    if schema.get("$ref", "").endswith("/Sort"):
        values = ["recommended", "new", "price_up", "price_down"]
        schema = {"type": "string", "enum": values, "default": values[0]}
    if schema.get("type") == "integer":
        schema = {**schema, "minimum": int(schema.get("minimum", 0))}
        schema["maximum"] = int(schema["maximum"])
    if schema.get("type") == "array":
        schema["items"] = {"type": "string", "maxLength": 120}
    made = {"name": told["name"], "in": told["in"], "required": told["required"], "schema": schema}
    if told.get("description"):
        made["description"] = told["description"]
    if told["in"] == "path":
        made["description"] = _PLACES[told["name"]]
        made["example"] = _PATHS[told["name"]]
    return made


_PLACES: Final[Mapping[str, str]] = {
    "cart_id": "Id of the cart.",
    "line_id": "Id of the line, as the cart tells it.",
    "order_id": "Id of the order.",
    "return_id": "Id of the return.",
    "style_color_code": "Code of the style-color.",
    "code": "Code of the location.",
}
_PATHS: Final[Mapping[str, str]] = {
    "cart_id": examples.CART,
    "line_id": examples.LINE,
    "order_id": examples.ORDER,
    "return_id": examples.RETURN,
    "style_color_code": "ECLUSE-COGNAC",
    "code": "lyon-merciere",
}


def _components() -> dict[str, Any]:
    shapes = {ProblemAnswer}
    for handler in ENDPOINTS:
        shapes |= {handler.opt[role] for role in ("form", "answer") if role in handler.opt}
    _, schemas = msgspec.json.schema_components(
        sorted(shapes, key=lambda shape: shape.__name__), ref_template=_REF
    )
    return {
        "schemas": dict(sorted(schemas.items())),
        "parameters": {"IdempotencyKey": _KEY},
        "responses": {f"Problem{status}": _problem(status) for status in _WHY},
        "securitySchemes": {
            "secret": {
                "type": "http",
                "scheme": "bearer",
                "description": "The secret that came with the cart or the order.",
            }
        },
    }


_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A new UUID for each thing you mean; the same one when you repeat it.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "0192f1a4-6f1c-7c3e-9c0a-2f6d1c0e7b11",
}


def _problem(status: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": _WHY[status],
        "content": {
            "application/problem+json": {
                "schema": {"$ref": _REF.format(name="ProblemAnswer")},
                "example": {
                    "type": f"/docs/problems#{_CODES[status]}",
                    "title": HTTPStatus(status).phrase,
                    "status": status,
                    "detail": _WHY[status],
                    "code": _CODES[status],
                    "request_id": "9f2c4a7be01d6358",
                },
            }
        },
    }
    if status in {429, 503}:
        made["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        }
    return made


def _flowing(text: str) -> str:
    """Join the lines of a paragraph; docstrings are broken for the eye only."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
