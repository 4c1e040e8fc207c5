"""Who may do what over HTTP: one table, from which checks, documentation and tests are made.

A route that is not in the table answers nobody. What a caller is then shown of lives is decided by
`sight`, and by the database once more (`store.rights`).
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from dianchi.domain.callers import About, Caller, Rule
from dianchi.domain.scopes import READ

_FIRMS: Final = frozenset((Caller.ORGANISATION,))
_DEVICES: Final = frozenset((Caller.DEVICE,))
_OF_FIRMS: Final = _FIRMS | _DEVICES
_AUTHORITIES: Final = frozenset((Caller.OFFICER, Caller.REGULATOR))
_READERS: Final = _FIRMS | _AUTHORITIES | {Caller.AUDITOR}
_ANY: Final = _READERS | {Caller.ADMINISTRATOR}
_REPORTERS: Final = _READERS | _DEVICES
_ALL: Final = _ANY | _DEVICES
_REGISTRARS: Final = _AUTHORITIES | {Caller.ADMINISTRATOR}


def _open(*paths: str) -> Iterator[Rule]:
    return (Rule("GET", path, About.OPEN) for path in paths)


TABLE: Final = (
    *_open(
        "/",
        "/B/{name}",
        "/R/{number}",
        "/conformity/{number}",
        "/healthz",
        "/readyz",
        "/metrics",
        "/docs/problems",
    ),
    *_open("/outlets", "/outlets/{prefecture}", "/complaints/{about}", "/receipts/{token}"),
    *_open("/log/checkpoint", "/log/checkpoints", "/log/tile/{level}/{number}", "/log/keys"),
    *_open("/log/proof/inclusion", "/log/proof/consistency"),
    Rule("POST", "/v1/events", About.REPORT, _REPORTERS, "report"),
    Rule("POST", "/v1/events/batch", About.REPORT, _REPORTERS, "report"),
    Rule("GET", "/v1/events/{event_id}", About.LIFE, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/events/{event_id}/receipt", About.LIFE, _REPORTERS, READ),
    Rule("GET", "/v1/events/{event_id}/report", About.LIFE, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/events/{event_id}/slip.{kind}", About.LIFE, _REPORTERS, READ),
    Rule("POST", "/v1/events/canonical", About.REPORT, _REPORTERS, "report"),
    Rule("GET", "/v1/signing-keys", About.FIRM, _ANY, READ),
    Rule("POST", "/v1/signing-keys", About.FIRM, _FIRMS | _AUTHORITIES, noted=True),
    Rule(
        "POST",
        "/v1/signing-keys/{thumbprint}/revoke",
        About.FIRM,
        _FIRMS | _AUTHORITIES,
        noted=True,
    ),
    Rule("GET", "/v1/signing-policy", About.FIRM, _ANY, READ),
    Rule("PUT", "/v1/signing-policy", About.FIRM, _FIRMS | _AUTHORITIES, noted=True),
    Rule("GET", "/v1/batteries", About.LIST, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}", About.LIFE, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/history", About.LIFE, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/course", About.LIFE, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/genealogy", About.LIFE, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/bundle", About.LIFE, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/label.{kind}", About.LIFE, _REPORTERS, READ),
    Rule("POST", "/v1/labels", About.LIFE, _REPORTERS, READ),
    # Noted for firms as well: whoever searches may be looking for others'.
    Rule("POST", "/v1/search", About.LIST, _READERS, READ, noted=True),
    Rule("GET", "/v1/findings", About.LIST, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/obligations", About.FIRM, _READERS, READ, noted=True),
    Rule("GET", "/v1/obligations/summary", About.FIRM, _READERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/obligations", About.LIFE, _REPORTERS, READ, noted=True),
    *(
        Rule("GET", f"/v1/statistics/{what}", About.COUNT, _READERS, READ, noted=True)
        for what in ("indicators", "flows", "contributions", "board")
    ),
    *(
        Rule("GET", f"/v1/statistics/{what}", About.COUNT, _AUTHORITIES, READ, noted=True)
        for what in ("coverage", "layout")
    ),
    Rule("GET", "/v1/map", About.LAW, _READERS, READ),
    Rule("GET", "/v1/capacities", About.FIRM, _READERS, READ, noted=True),
    Rule("POST", "/v1/capacities", About.FIRM, _AUTHORITIES, noted=True),
    Rule("GET", "/v1/demonstrations", About.FIRM, _READERS, READ, noted=True),
    Rule("POST", "/v1/demonstrations", About.FIRM, _AUTHORITIES, noted=True),
    Rule("GET", "/v1/factor-tables", About.LAW, _READERS, READ),
    # They hold for the whole province.
    Rule("POST", "/v1/factor-tables", About.LAW, frozenset((Caller.REGULATOR,)), noted=True),
    Rule("GET", "/v1/feed", About.LIST, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/webhooks", About.FIRM, _FIRMS | _AUTHORITIES, READ),
    # Not an auditor: its key ends on a day, a webhook does not.
    Rule("POST", "/v1/webhooks", About.FIRM, _FIRMS | _AUTHORITIES, noted=True),
    Rule("GET", "/v1/webhooks/{id}", About.FIRM, _FIRMS | _AUTHORITIES, READ),
    Rule("DELETE", "/v1/webhooks/{id}", About.FIRM, _FIRMS | _AUTHORITIES, noted=True),
    *(
        Rule("POST", f"/v1/webhooks/{{id}}/{act}", About.FIRM, _FIRMS | _AUTHORITIES, noted=True)
        for act in ("secret", "test", "pause", "resume", "replay")
    ),
    Rule("GET", "/v1/webhooks/{id}/deliveries", About.FIRM, _FIRMS | _AUTHORITIES, READ),
    Rule("GET", "/v1/batteries/{name}/national", About.LIFE, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/national/export", About.LIST, _FIRMS, READ),
    Rule("GET", "/v1/national/profiles", About.LAW, _READERS, READ),
    Rule("GET", "/v1/national/connection", About.FIRM, _FIRMS, READ),
    Rule("PUT", "/v1/national/connection", About.FIRM, _FIRMS, noted=True),
    Rule("DELETE", "/v1/national/connection", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/national/connection/pause", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/national/connection/resume", About.FIRM, _FIRMS, noted=True),
    Rule("GET", "/v1/national/items", About.FIRM, _FIRMS, READ),
    Rule("POST", "/v1/national/items/resend", About.FIRM, _FIRMS, noted=True),
    Rule("GET", "/v1/national/items/{id}", About.FIRM, _FIRMS, READ),
    Rule("POST", "/v1/national/items/{id}/resend", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/national/items/{id}/set-aside", About.FIRM, _FIRMS, noted=True),
    Rule("GET", "/v1/me", About.SELF, _ALL, ""),
    Rule("GET", "/v1/organisations", About.DIRECTORY, _ALL, READ),
    Rule("POST", "/v1/organisations", About.FIRM, _REGISTRARS, noted=True),
    Rule("GET", "/v1/sites", About.DIRECTORY, _ALL, READ),
    Rule("POST", "/v1/sites", About.FIRM, _FIRMS | _AUTHORITIES, noted=True),
    Rule("POST", "/v1/applications", About.OPEN),
    Rule("POST", "/v1/applications/{number}/state", About.OPEN),
    Rule("GET", "/v1/applications", About.FIRM, _AUTHORITIES, noted=True),
    Rule("POST", "/v1/applications/{number}/approve", About.FIRM, _AUTHORITIES, noted=True),
    Rule("POST", "/v1/applications/{number}/decline", About.FIRM, _AUTHORITIES, noted=True),
    Rule("POST", "/v1/applications/{number}/erase", About.FIRM, _AUTHORITIES, noted=True),
    Rule("GET", "/v1/complaints", About.FIRM, _AUTHORITIES, READ, noted=True),
    Rule("POST", "/v1/complaints/{number}/close", About.FIRM, _AUTHORITIES, noted=True),
    Rule("GET", "/v1/cases", About.FIRM, _FIRMS | _AUTHORITIES, READ, noted=True),
    Rule("POST", "/v1/cases", About.FIRM, _AUTHORITIES, noted=True),
    Rule("GET", "/v1/cases/summary", About.FIRM, _FIRMS | _AUTHORITIES, READ),
    Rule("GET", "/v1/cases/outcomes", About.FIRM, _AUTHORITIES, READ),
    Rule("GET", "/v1/cases/officers", About.FIRM, _AUTHORITIES),
    Rule("GET", "/v1/cases/{id}", About.FIRM, _FIRMS | _AUTHORITIES, READ, noted=True),
    Rule("POST", "/v1/cases/{id}/steps", About.FIRM, _AUTHORITIES, noted=True),
    Rule("POST", "/v1/cases/{id}/items", About.FIRM, _AUTHORITIES, noted=True),
    Rule("POST", "/v1/cases/{id}/replies", About.FIRM, _FIRMS, noted=True),
    Rule("PUT", "/v1/cases/{id}/attachments/{sha256}", About.FIRM, _FIRMS | _AUTHORITIES),
    Rule(
        "GET",
        "/v1/cases/{id}/attachments/{sha256}",
        About.FIRM,
        _FIRMS | _AUTHORITIES,
        READ,
        noted=True,
    ),
    Rule(
        "GET",
        "/v1/cases/{id}/letters/{number}.pdf",
        About.FIRM,
        _FIRMS | _AUTHORITIES,
        READ,
        noted=True,
    ),
    Rule("GET", "/v1/mandates", About.FIRM, _FIRMS, READ),
    Rule("POST", "/v1/mandates", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/mandates/{id}/revoke", About.FIRM, _FIRMS, noted=True),
    Rule("GET", "/v1/mandates/{id}/export", About.FIRM, _FIRMS, READ, noted=True),
    Rule("GET", "/v1/erasures", About.FIRM, _FIRMS | _AUTHORITIES, READ),
    Rule("POST", "/v1/erasures", About.FIRM, _FIRMS | _AUTHORITIES, noted=True),
    Rule("GET", "/v1/erasures/{id}", About.FIRM, _FIRMS | _AUTHORITIES, READ),
    Rule("POST", "/v1/erasures/{id}/approval", About.FIRM, _AUTHORITIES, noted=True),
    Rule("POST", "/v1/erasures/{id}/decline", About.FIRM, _FIRMS | _AUTHORITIES, noted=True),
    *_open("/sign-in", "/sign-in/code", "/sign-in/provider", "/sign-in/provider/done", "/account"),
    Rule("POST", "/v1/sign-in", About.OPEN),
    Rule("POST", "/v1/sign-out", About.OPEN),
    Rule("POST", "/oauth/token", About.OPEN),
    *_open("/.well-known/jwks.json", "/.well-known/oauth-authorization-server"),
    Rule("GET", "/v1/sessions", About.SELF, _ALL, ""),
    Rule("DELETE", "/v1/sessions", About.SELF, _ALL, ""),
    Rule("DELETE", "/v1/sessions/{id}", About.SELF, _ALL, ""),
    Rule("GET", "/v1/people", About.FIRM, _ANY, READ),
    Rule("POST", "/v1/people", About.FIRM, _ANY, noted=True),
    Rule("POST", "/v1/people/{id}/link", About.FIRM, _ANY, noted=True),
    Rule("POST", "/v1/people/{id}/disable", About.FIRM, _ANY, noted=True),
    Rule("POST", "/v1/people/{id}/erase", About.FIRM, _ANY, noted=True),
    Rule("PUT", "/v1/people/{id}/powers", About.FIRM, _ANY, noted=True),
    Rule("GET", "/v1/recalls", About.FIRM, _FIRMS | _AUTHORITIES, READ),
    Rule("POST", "/v1/recalls/preview", About.FIRM, _FIRMS | _AUTHORITIES, READ),
    Rule("GET", "/v1/set-aside", About.FIRM, _AUTHORITIES, READ, noted=True),
    Rule("POST", "/v1/set-aside", About.FIRM, _AUTHORITIES, noted=True),
    Rule("POST", "/v1/set-aside/{id}/confirm", About.FIRM, _AUTHORITIES, noted=True),
    Rule("POST", "/v1/set-aside/{id}/decline", About.FIRM, _AUTHORITIES, noted=True),
    Rule("GET", "/v1/proposals", About.FIRM, _REGISTRARS, READ),
    Rule("POST", "/v1/proposals/{id}/confirm", About.FIRM, _AUTHORITIES, noted=True),
    Rule("POST", "/v1/proposals/{id}/decline", About.FIRM, _REGISTRARS, noted=True),
    Rule("GET", "/v1/clients", About.FIRM, _READERS, READ),
    # Not an auditor: its key ends on a day, a system's does not.
    Rule("POST", "/v1/clients", About.FIRM, _FIRMS | _AUTHORITIES, noted=True),
    Rule("POST", "/v1/clients/{id}/revoke", About.FIRM, _READERS, noted=True),
    *_open("/v1/clock"),
    Rule("GET", "/v1/devices", About.FIRM, _FIRMS, READ),
    Rule("POST", "/v1/devices", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/devices/{device}/revoke", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/devices/claim", About.OPEN),
    Rule("POST", "/v1/devices/self-test", About.SELF, _DEVICES, ""),
    Rule("POST", "/v1/devices/heartbeat", About.SELF, _DEVICES, ""),
    Rule("POST", "/v1/devices/blocks", About.SELF, _DEVICES, ""),
    Rule("GET", "/v1/devices/snapshot", About.SELF, _DEVICES, READ),
    Rule("GET", "/v1/devices/reference", About.LAW, _REPORTERS, READ),
    Rule("GET", "/v1/pickups", About.LIST, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/counts/{event_id}", About.LIFE, _REPORTERS, READ, noted=True),
    Rule("GET", "/v1/counts/{event_id}.pdf", About.LIFE, _REPORTERS, READ, noted=True),
    Rule("POST", "/v1/handovers/check", About.LIST, _OF_FIRMS, READ),
    Rule("GET", "/v1/sandbox", About.FIRM, _FIRMS, READ),
    Rule("POST", "/v1/sandbox", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/sandbox/reset", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/sandbox/keys", About.FIRM, _FIRMS, noted=True),
    Rule("GET", "/v1/conformity-scenarios", About.LAW, _READERS, READ),
    Rule("GET", "/v1/conformity-runs", About.FIRM, _FIRMS | _AUTHORITIES, READ, noted=True),
    Rule("POST", "/v1/conformity-runs", About.FIRM, _FIRMS, noted=True),
    Rule(
        "GET", "/v1/conformity-runs/{number}", About.FIRM, _FIRMS | _AUTHORITIES, READ, noted=True
    ),
    Rule("POST", "/v1/conformity-runs/{number}/end", About.FIRM, _FIRMS, noted=True),
    Rule("GET", "/v1/conformity-runs/{number}/receipts", About.FIRM, _FIRMS, READ),
    Rule("POST", "/v1/conformity-runs/{number}/answers", About.FIRM, _FIRMS, "report"),
    Rule(
        "GET",
        "/v1/conformity-runs/{number}/report.{form}",
        About.FIRM,
        _FIRMS | _AUTHORITIES,
        READ,
        noted=True,
    ),
    Rule("GET", "/v1/asset-packs", About.FIRM, _FIRMS, READ),
    Rule("POST", "/v1/asset-packs", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/asset-packs/preview", About.FIRM, _FIRMS, READ),
    Rule("GET", "/v1/asset-packs/{number}", About.FIRM, _FIRMS, READ),
    Rule("GET", "/v1/asset-packs/{number}/sheet.{form}", About.FIRM, _FIRMS, READ),
    Rule("POST", "/v1/asset-packs/{number}/revoke", About.FIRM, _FIRMS, noted=True),
    Rule("GET", "/v1/outside-receipts", About.FIRM, _FIRMS, READ),
    Rule("POST", "/v1/outside-receipts", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/outside-receipts/{number}/revoke", About.FIRM, _FIRMS, noted=True),
    Rule("GET", "/v1/work-lists", About.FIRM, _OF_FIRMS, READ),
    Rule("POST", "/v1/work-lists", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/work-lists/preview", About.FIRM, _FIRMS, READ),
    Rule("PUT", "/v1/work-lists/table", About.FIRM, _FIRMS, READ),
    Rule("GET", "/v1/work-lists/{id}", About.FIRM, _OF_FIRMS, READ),
    Rule("GET", "/v1/work-lists/{id}/sheet.xlsx", About.FIRM, _OF_FIRMS, READ),
    Rule("POST", "/v1/work-lists/{id}/close", About.FIRM, _FIRMS, noted=True),
    Rule("POST", "/v1/work-lists/{id}/notes", About.FIRM, _OF_FIRMS, "report", noted=True),
    Rule("GET", "/v1/transfers", About.FIRM, _FIRMS, READ),
    # Of what it reports, each type is looked at by itself.
    Rule("POST", "/v1/transfers", About.REPORT, _FIRMS, "report", noted=True),
    Rule("POST", "/v1/transfers/preview", About.REPORT, _FIRMS, "report"),
    Rule("GET", "/v1/transfers/{number}", About.FIRM, _FIRMS, READ),
    Rule("GET", "/v1/transfers/{number}/slip.pdf", About.FIRM, _FIRMS, READ),
    Rule("PUT", "/v1/photos/{sha256}", About.SELF, _OF_FIRMS | _AUTHORITIES, "report"),
    Rule("GET", "/v1/photos/{sha256}", About.LIFE, _REPORTERS, READ, noted=True),
    Rule("POST", "/v1/photos/{sha256}", About.SELF, _OF_FIRMS | _AUTHORITIES, "report"),
    Rule("DELETE", "/v1/photos/{sha256}", About.FIRM, _FIRMS | _AUTHORITIES, noted=True),
    Rule("GET", "/v1/photos/{sha256}/parts", About.SELF, _OF_FIRMS | _AUTHORITIES, "report"),
    Rule("PUT", "/v1/photos/{sha256}/parts/{part}", About.SELF, _OF_FIRMS | _AUTHORITIES, "report"),
    Rule("GET", "/v1/uploads/types", About.LAW, _REPORTERS, READ),
    Rule("GET", "/v1/uploads/templates/{type}.xlsx", About.LAW, _REPORTERS, READ),
    *(
        Rule(method, f"/v1/uploads{path}", About.REPORT, _FIRMS, "report")
        for method, path in (
            ("GET", ""),
            ("POST", ""),
            ("GET", "/{id}"),
            ("PUT", "/{id}/parts/{part}"),
            ("POST", "/{id}/dry-run"),
            ("POST", "/{id}/commit"),
            ("POST", "/{id}/cancel"),
            ("GET", "/{id}/rows"),
            ("GET", "/{id}/events"),
            ("GET", "/{id}/errors.xlsx"),
            ("GET", "/{id}/receipt.json"),
            ("GET", "/{id}/receipt.pdf"),
        )
    ),
    Rule("GET", "/v1/reports/monthly", About.COUNT, _AUTHORITIES, READ, noted=True),
    # What is taken out is noted with its month and area, or its firm, by the routes themselves.
    Rule("GET", "/v1/reports/monthly.{form}", About.COUNT, _AUTHORITIES, READ),
    Rule("GET", "/v1/organisations/{id}/evaluation", About.FIRM, _READERS, READ, noted=True),
    Rule("GET", "/v1/organisations/{id}/evaluation.pdf", About.FIRM, _READERS, READ),
    # What is asked for is noted with its list and filters by the route itself, whoever asks.
    Rule("POST", "/v1/exports", About.SELF, _READERS, READ),
    Rule("GET", "/v1/exports", About.SELF, _READERS, READ),
    Rule("GET", "/v1/exports/{id}", About.SELF, _READERS, READ),
    Rule("POST", "/v1/exports/{id}/cancel", About.SELF, _READERS, READ),
    Rule("GET", "/v1/exports/{id}/file", About.SELF, _READERS, READ, noted=True),
    Rule("GET", "/v1/saved-queries", About.SELF, _READERS, READ),
    Rule("POST", "/v1/saved-queries", About.SELF, _READERS, READ),
    Rule("DELETE", "/v1/saved-queries/{id}", About.SELF, _READERS, READ),
    Rule("GET", "/v1/audit", About.LAW, frozenset((Caller.REGULATOR,)), READ, noted=True),
    Rule("GET", "/v1/vendors", About.LAW, _ALL, READ),
    Rule("POST", "/v1/vendors", About.LAW, _AUTHORITIES, noted=True),
    Rule("GET", "/v1/keys", About.FIRM, _ANY, READ),
    # Not who runs the platform: a key of a regulator's would read everything.
    Rule("POST", "/v1/keys", About.FIRM, _AUTHORITIES, noted=True),
    Rule("POST", "/v1/keys/{id}/revoke", About.FIRM, _ANY, noted=True),
)
RULES: Final[Mapping[tuple[str, str], Rule]] = MappingProxyType(
    {(rule.method, rule.path): rule for rule in TABLE}
)
REPORTS: Final = RULES["POST", "/v1/events"]
HISTORY: Final = RULES["GET", "/v1/batteries/{name}/history"]


def rule_of(method: str, path: str) -> Rule:
    """The rule of a route; `HEAD` is as `GET`.

    Raises:
        KeyError: it has none, and so answers nobody.
    """
    return RULES["GET" if method == "HEAD" else method, path.replace(":path}", "}")]
