"""What the service sends, as an AsyncAPI 3.0 document: the feed and webhooks."""

from typing import Any, Final

from pydantic import BaseModel

from dianchi.api.app import VERSION
from dianchi.api.bodies.feed import CloudEvent, TestEvent, ThinEvent
from dianchi.api.routes.webhooks import TYPES
from dianchi.exchange.cloud_events import ONE, PREFIX

_MESSAGES: Final[dict[str, tuple[type[BaseModel], str]]] = {
    "event": (CloudEvent, "An entry of the log, whole."),
    "signedEvent": (CloudEvent, "An entry of the log, whole, signed."),
    "thinEvent": (ThinEvent, "Where to read an entry of the log."),
    "test": (TestEvent, "Says nothing; asked for by `POST /v1/webhooks/{id}/test`."),
}
_SIGNATURE: Final = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {
            "type": "string",
            "description": "The same each time that a message is sent: take it once.",
        },
        "webhook-timestamp": {
            "type": "string",
            "description": "Seconds since 1970 of this try; refuse what is over five minutes old.",
        },
        "webhook-signature": {
            "type": "string",
            "description": "`v1,` and HMAC-SHA256 in Base64 of `id.timestamp.body`; while the"
            " secret changes, two of them with a space between.",
        },
    },
}
_FEED_QUERY: Final = {
    "type": "object",
    "properties": {
        "after": {"type": "integer", "minimum": -1, "description": "Log index; -1: all."},
        "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
    },
}


def asyncapi_document() -> dict[str, Any]:
    """The document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "dianchi 滇池",
            "version": VERSION,
            "description": "日志按顺序推送：每个订阅者只收到它看得见的事件。\n"
            "The log in its order: everybody gets the events that they may see.",
            "license": {"name": "Apache-2.0"},
        },
        "servers": {
            "service": {
                "host": "{host}",
                "protocol": "https",
                "variables": {"host": {"description": "as in `DIANCHI_PUBLIC_HOST`"}},
                "security": [{"$ref": "#/components/securitySchemes/key"}],
            }
        },
        "defaultContentType": ONE,
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "messages": {name: _message(name) for name in _MESSAGES},
            "schemas": _schemas(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _channels() -> dict[str, Any]:
    refs = {name: {"$ref": f"#/components/messages/{name}"} for name in _MESSAGES}
    feed = {"event": refs.pop("event")}
    return {
        "feed": {
            "address": "/v1/feed",
            "servers": [{"$ref": "#/servers/service"}],
            "description": "In the order of the log; as batches (`Feed-Next` says where the next"
            " begins) or, with `Accept: text/event-stream`, as they are recorded.",
            "messages": feed,
        },
        "webhook": {
            "address": None,
            "description": "The address that an organisation gave. At least once, in no certain"
            " order: the log index tells it.",
            "messages": refs,
        },
    }


def _operations() -> dict[str, Any]:
    return {
        "followTheLog": {
            "action": "send",
            "channel": {"$ref": "#/channels/feed"},
            "summary": "What the caller may see of the log.",
            "bindings": {
                "http": {"method": "GET", "query": _FEED_QUERY, "bindingVersion": "0.3.0"}
            },
        },
        "sendToWebhook": {
            "action": "send",
            "channel": {"$ref": "#/channels/webhook"},
            "summary": "What the organisation of the webhook may see; signed by Standard Webhooks.",
            "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
        },
    }


def _message(name: str) -> dict[str, Any]:
    model, summary = _MESSAGES[name]
    headers = {} if name == "event" else {"headers": _SIGNATURE}
    return {
        "name": name,
        "summary": summary,
        "contentType": ONE,
        **headers,
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
    }


def _schemas() -> dict[str, Any]:
    """The shapes, each under its name; which types there are stands in the first."""
    found: dict[str, Any] = {}
    for model, _ in _MESSAGES.values():
        shape = model.model_json_schema(ref_template="#/components/schemas/{model}")
        found |= shape.pop("$defs", {})
        found[model.__name__] = shape
    types = [f"{PREFIX}{name}" for name in sorted(TYPES)]
    for model in (CloudEvent, ThinEvent):
        found[model.__name__]["properties"]["type"] = {"type": "string", "enum": types}
    return found
