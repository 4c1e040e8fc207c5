"""Who may do what over HTTP: one table, from which checks, documentation and tests are made.

A route that is not in the table answers nobody. What a caller is then shown of lives is decided by
`sight`, and by the database once more (`store.rights`).
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from dianchi.domain.callers import (
    AUTHORITIES,
    DEVICES,
    EVERYBODY,
    FIRMS,
    OF_FIRMS,
    PARTIES,
    PEOPLE,
    READERS,
    REGISTRARS,
    REPORTERS,
    SENDERS,
    About,
    Caller,
    Rule,
)
from dianchi.domain.scopes import READ


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
    Rule("POST", "/v1/events", About.REPORT, REPORTERS, "report"),
    Rule("POST", "/v1/events/batch", About.REPORT, REPORTERS, "report"),
    Rule("GET", "/v1/events/{event_id}", About.LIFE, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/events/{event_id}/receipt", About.LIFE, REPORTERS, READ),
    Rule("GET", "/v1/events/{event_id}/report", About.LIFE, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/events/{event_id}/slip.{kind}", About.LIFE, REPORTERS, READ),
    Rule("POST", "/v1/events/canonical", About.REPORT, REPORTERS, "report"),
    Rule("GET", "/v1/signing-keys", About.FIRM, PEOPLE, READ),
    Rule("POST", "/v1/signing-keys", About.FIRM, PARTIES, noted=True),
    Rule("POST", "/v1/signing-keys/{thumbprint}/revoke", About.FIRM, PARTIES, noted=True),
    Rule("GET", "/v1/signing-policy", About.FIRM, PEOPLE, READ),
    Rule("PUT", "/v1/signing-policy", About.FIRM, PARTIES, noted=True),
    Rule("GET", "/v1/batteries", About.LIST, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}", About.LIFE, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/history", About.LIFE, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/course", About.LIFE, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/genealogy", About.LIFE, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/bundle", About.LIFE, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/label.{kind}", About.LIFE, REPORTERS, READ),
    Rule("POST", "/v1/labels", About.LIFE, REPORTERS, READ),
    # Noted for firms as well: whoever searches may be looking for others'.
    Rule("POST", "/v1/search", About.LIST, READERS, READ, noted=True),
    Rule("GET", "/v1/findings", About.LIST, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/obligations", About.FIRM, READERS, READ, noted=True),
    Rule("GET", "/v1/obligations/summary", About.FIRM, READERS, READ, noted=True),
    Rule("GET", "/v1/batteries/{name}/obligations", About.LIFE, REPORTERS, READ, noted=True),
    *(
        Rule("GET", f"/v1/statistics/{what}", About.COUNT, READERS, READ, noted=True)
        for what in ("indicators", "flows", "contributions", "board")
    ),
    *(
        Rule("GET", f"/v1/statistics/{what}", About.COUNT, AUTHORITIES, READ, noted=True)
        for what in ("coverage", "layout")
    ),
    Rule("GET", "/v1/map", About.LAW, READERS, READ),
    Rule("GET", "/v1/capacities", About.FIRM, READERS, READ, noted=True),
    Rule("POST", "/v1/capacities", About.FIRM, AUTHORITIES, noted=True),
    Rule("GET", "/v1/demonstrations", About.FIRM, READERS, READ, noted=True),
    Rule("POST", "/v1/demonstrations", About.FIRM, AUTHORITIES, noted=True),
    Rule("GET", "/v1/factor-tables", About.LAW, READERS, READ),
    # They hold for the whole province.
    Rule("POST", "/v1/factor-tables", About.LAW, frozenset((Caller.REGULATOR,)), noted=True),
    Rule("GET", "/v1/feed", About.LIST, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/webhooks", About.FIRM, PARTIES, READ),
    # Not an auditor: its key ends on a day, a webhook does not.
    Rule("POST", "/v1/webhooks", About.FIRM, PARTIES, noted=True),
    Rule("GET", "/v1/webhooks/{id}", About.FIRM, PARTIES, READ),
    Rule("DELETE", "/v1/webhooks/{id}", About.FIRM, PARTIES, noted=True),
    *(
        Rule("POST", f"/v1/webhooks/{{id}}/{act}", About.FIRM, PARTIES, noted=True)
        for act in ("secret", "test", "pause", "resume", "replay")
    ),
    Rule("GET", "/v1/webhooks/{id}/deliveries", About.FIRM, PARTIES, READ),
    Rule("GET", "/v1/batteries/{name}/national", About.LIFE, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/national/export", About.LIST, FIRMS, READ),
    Rule("GET", "/v1/national/profiles", About.LAW, READERS, READ),
    Rule("GET", "/v1/national/connection", About.FIRM, FIRMS, READ),
    Rule("PUT", "/v1/national/connection", About.FIRM, FIRMS, noted=True),
    Rule("DELETE", "/v1/national/connection", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/national/connection/pause", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/national/connection/resume", About.FIRM, FIRMS, noted=True),
    Rule("GET", "/v1/national/items", About.FIRM, FIRMS, READ),
    Rule("POST", "/v1/national/items/resend", About.FIRM, FIRMS, noted=True),
    Rule("GET", "/v1/national/items/{id}", About.FIRM, FIRMS, READ),
    Rule("POST", "/v1/national/items/{id}/resend", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/national/items/{id}/set-aside", About.FIRM, FIRMS, noted=True),
    Rule("GET", "/v1/me", About.SELF, EVERYBODY, ""),
    Rule("GET", "/v1/organisations", About.DIRECTORY, EVERYBODY, READ),
    Rule("POST", "/v1/organisations", About.FIRM, REGISTRARS, noted=True),
    Rule("GET", "/v1/sites", About.DIRECTORY, EVERYBODY, READ),
    Rule("POST", "/v1/sites", About.FIRM, PARTIES, noted=True),
    Rule("POST", "/v1/applications", About.OPEN),
    Rule("POST", "/v1/applications/{number}/state", About.OPEN),
    Rule("GET", "/v1/applications", About.FIRM, AUTHORITIES, noted=True),
    Rule("POST", "/v1/applications/{number}/approve", About.FIRM, AUTHORITIES, noted=True),
    Rule("POST", "/v1/applications/{number}/decline", About.FIRM, AUTHORITIES, noted=True),
    Rule("POST", "/v1/applications/{number}/erase", About.FIRM, AUTHORITIES, noted=True),
    Rule("GET", "/v1/complaints", About.FIRM, AUTHORITIES, READ, noted=True),
    Rule("POST", "/v1/complaints/{number}/close", About.FIRM, AUTHORITIES, noted=True),
    Rule("GET", "/v1/cases", About.FIRM, PARTIES, READ, noted=True),
    Rule("POST", "/v1/cases", About.FIRM, AUTHORITIES, noted=True),
    Rule("GET", "/v1/cases/summary", About.FIRM, PARTIES, READ),
    Rule("GET", "/v1/cases/outcomes", About.FIRM, AUTHORITIES, READ),
    Rule("GET", "/v1/cases/officers", About.FIRM, AUTHORITIES),
    Rule("GET", "/v1/cases/{id}", About.FIRM, PARTIES, READ, noted=True),
    Rule("POST", "/v1/cases/{id}/steps", About.FIRM, AUTHORITIES, noted=True),
    Rule("POST", "/v1/cases/{id}/items", About.FIRM, AUTHORITIES, noted=True),
    Rule("POST", "/v1/cases/{id}/replies", About.FIRM, FIRMS, noted=True),
    Rule("PUT", "/v1/cases/{id}/attachments/{sha256}", About.FIRM, PARTIES),
    Rule("GET", "/v1/cases/{id}/attachments/{sha256}", About.FIRM, PARTIES, READ, noted=True),
    Rule("GET", "/v1/cases/{id}/letters/{number}.pdf", About.FIRM, PARTIES, READ, noted=True),
    Rule("GET", "/v1/mandates", About.FIRM, FIRMS, READ),
    Rule("POST", "/v1/mandates", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/mandates/{id}/revoke", About.FIRM, FIRMS, noted=True),
    Rule("GET", "/v1/mandates/{id}/export", About.FIRM, FIRMS, READ, noted=True),
    Rule("GET", "/v1/erasures", About.FIRM, PARTIES, READ),
    Rule("POST", "/v1/erasures", About.FIRM, PARTIES, noted=True),
    Rule("GET", "/v1/erasures/{id}", About.FIRM, PARTIES, READ),
    Rule("POST", "/v1/erasures/{id}/approval", About.FIRM, AUTHORITIES, noted=True),
    Rule("POST", "/v1/erasures/{id}/decline", About.FIRM, PARTIES, noted=True),
    *_open("/sign-in", "/sign-in/code", "/sign-in/provider", "/sign-in/provider/done", "/account"),
    Rule("POST", "/v1/sign-in", About.OPEN),
    Rule("POST", "/v1/sign-out", About.OPEN),
    Rule("POST", "/oauth/token", About.OPEN),
    *_open("/.well-known/jwks.json", "/.well-known/oauth-authorization-server"),
    Rule("GET", "/v1/sessions", About.SELF, EVERYBODY, ""),
    Rule("DELETE", "/v1/sessions", About.SELF, EVERYBODY, ""),
    Rule("DELETE", "/v1/sessions/{id}", About.SELF, EVERYBODY, ""),
    Rule("GET", "/v1/people", About.FIRM, PEOPLE, READ),
    Rule("POST", "/v1/people", About.FIRM, PEOPLE, noted=True),
    Rule("POST", "/v1/people/{id}/link", About.FIRM, PEOPLE, noted=True),
    Rule("POST", "/v1/people/{id}/disable", About.FIRM, PEOPLE, noted=True),
    Rule("POST", "/v1/people/{id}/erase", About.FIRM, PEOPLE, noted=True),
    Rule("PUT", "/v1/people/{id}/powers", About.FIRM, PEOPLE, noted=True),
    Rule("GET", "/v1/recalls", About.FIRM, PARTIES, READ),
    Rule("POST", "/v1/recalls/preview", About.FIRM, PARTIES, READ),
    Rule("GET", "/v1/set-aside", About.FIRM, AUTHORITIES, READ, noted=True),
    Rule("POST", "/v1/set-aside", About.FIRM, AUTHORITIES, noted=True),
    Rule("POST", "/v1/set-aside/{id}/confirm", About.FIRM, AUTHORITIES, noted=True),
    Rule("POST", "/v1/set-aside/{id}/decline", About.FIRM, AUTHORITIES, noted=True),
    Rule("GET", "/v1/proposals", About.FIRM, REGISTRARS, READ),
    Rule("POST", "/v1/proposals/{id}/confirm", About.FIRM, AUTHORITIES, noted=True),
    Rule("POST", "/v1/proposals/{id}/decline", About.FIRM, REGISTRARS, noted=True),
    Rule("GET", "/v1/clients", About.FIRM, READERS, READ),
    # Not an auditor: its key ends on a day, a system's does not.
    Rule("POST", "/v1/clients", About.FIRM, PARTIES, noted=True),
    Rule("POST", "/v1/clients/{id}/revoke", About.FIRM, READERS, noted=True),
    *_open("/v1/clock"),
    Rule("GET", "/v1/devices", About.FIRM, FIRMS, READ),
    Rule("POST", "/v1/devices", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/devices/{device}/revoke", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/devices/claim", About.OPEN),
    Rule("POST", "/v1/devices/self-test", About.SELF, DEVICES, ""),
    Rule("POST", "/v1/devices/heartbeat", About.SELF, DEVICES, ""),
    Rule("POST", "/v1/devices/blocks", About.SELF, DEVICES, ""),
    Rule("GET", "/v1/devices/snapshot", About.SELF, DEVICES, READ),
    Rule("GET", "/v1/devices/reference", About.LAW, REPORTERS, READ),
    Rule("GET", "/v1/pickups", About.LIST, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/counts/{event_id}", About.LIFE, REPORTERS, READ, noted=True),
    Rule("GET", "/v1/counts/{event_id}.pdf", About.LIFE, REPORTERS, READ, noted=True),
    Rule("POST", "/v1/handovers/check", About.LIST, OF_FIRMS, READ),
    Rule("GET", "/v1/sandbox", About.FIRM, FIRMS, READ),
    Rule("POST", "/v1/sandbox", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/sandbox/reset", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/sandbox/keys", About.FIRM, FIRMS, noted=True),
    Rule("GET", "/v1/conformity-scenarios", About.LAW, READERS, READ),
    Rule("GET", "/v1/conformity-runs", About.FIRM, PARTIES, READ, noted=True),
    Rule("POST", "/v1/conformity-runs", About.FIRM, FIRMS, noted=True),
    Rule("GET", "/v1/conformity-runs/{number}", About.FIRM, PARTIES, READ, noted=True),
    Rule("POST", "/v1/conformity-runs/{number}/end", About.FIRM, FIRMS, noted=True),
    Rule("GET", "/v1/conformity-runs/{number}/receipts", About.FIRM, FIRMS, READ),
    Rule("POST", "/v1/conformity-runs/{number}/answers", About.FIRM, FIRMS, "report"),
    Rule(
        "GET", "/v1/conformity-runs/{number}/report.{form}", About.FIRM, PARTIES, READ, noted=True
    ),
    Rule("GET", "/v1/asset-packs", About.FIRM, FIRMS, READ),
    Rule("POST", "/v1/asset-packs", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/asset-packs/preview", About.FIRM, FIRMS, READ),
    Rule("GET", "/v1/asset-packs/{number}", About.FIRM, FIRMS, READ),
    Rule("GET", "/v1/asset-packs/{number}/sheet.{form}", About.FIRM, FIRMS, READ),
    Rule("POST", "/v1/asset-packs/{number}/revoke", About.FIRM, FIRMS, noted=True),
    Rule("GET", "/v1/outside-receipts", About.FIRM, FIRMS, READ),
    Rule("POST", "/v1/outside-receipts", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/outside-receipts/{number}/revoke", About.FIRM, FIRMS, noted=True),
    Rule("GET", "/v1/work-lists", About.FIRM, OF_FIRMS, READ),
    Rule("POST", "/v1/work-lists", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/work-lists/preview", About.FIRM, FIRMS, READ),
    Rule("PUT", "/v1/work-lists/table", About.FIRM, FIRMS, READ),
    Rule("GET", "/v1/work-lists/{id}", About.FIRM, OF_FIRMS, READ),
    Rule("GET", "/v1/work-lists/{id}/sheet.xlsx", About.FIRM, OF_FIRMS, READ),
    Rule("POST", "/v1/work-lists/{id}/close", About.FIRM, FIRMS, noted=True),
    Rule("POST", "/v1/work-lists/{id}/notes", About.FIRM, OF_FIRMS, "report", noted=True),
    Rule("GET", "/v1/transfers", About.FIRM, FIRMS, READ),
    # Of what it reports, each type is looked at by itself.
    Rule("POST", "/v1/transfers", About.REPORT, FIRMS, "report", noted=True),
    Rule("POST", "/v1/transfers/preview", About.REPORT, FIRMS, "report"),
    Rule("GET", "/v1/transfers/{number}", About.FIRM, FIRMS, READ),
    Rule("GET", "/v1/transfers/{number}/slip.pdf", About.FIRM, FIRMS, READ),
    Rule("PUT", "/v1/photos/{sha256}", About.SELF, SENDERS, "report"),
    Rule("GET", "/v1/photos/{sha256}", About.LIFE, REPORTERS, READ, noted=True),
    Rule("POST", "/v1/photos/{sha256}", About.SELF, SENDERS, "report"),
    Rule("DELETE", "/v1/photos/{sha256}", About.FIRM, PARTIES, noted=True),
    Rule("GET", "/v1/photos/{sha256}/parts", About.SELF, SENDERS, "report"),
    Rule("PUT", "/v1/photos/{sha256}/parts/{part}", About.SELF, SENDERS, "report"),
    Rule("GET", "/v1/uploads/types", About.LAW, REPORTERS, READ),
    Rule("GET", "/v1/uploads/templates/{type}.xlsx", About.LAW, REPORTERS, READ),
    *(
        Rule(method, f"/v1/uploads{path}", About.REPORT, FIRMS, "report")
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
    Rule("GET", "/v1/reports/monthly", About.COUNT, AUTHORITIES, READ, noted=True),
    # What is taken out is noted with its month and area, or its firm, by the routes themselves.
    Rule("GET", "/v1/reports/monthly.{form}", About.COUNT, AUTHORITIES, READ),
    Rule("GET", "/v1/organisations/{id}/evaluation", About.FIRM, READERS, READ, noted=True),
    Rule("GET", "/v1/organisations/{id}/evaluation.pdf", About.FIRM, READERS, READ),
    # What is asked for is noted with its list and filters by the route itself, whoever asks.
    Rule("POST", "/v1/exports", About.SELF, READERS, READ),
    Rule("GET", "/v1/exports", About.SELF, READERS, READ),
    Rule("GET", "/v1/exports/{id}", About.SELF, READERS, READ),
    Rule("POST", "/v1/exports/{id}/cancel", About.SELF, READERS, READ),
    Rule("GET", "/v1/exports/{id}/file", About.SELF, READERS, READ, noted=True),
    Rule("GET", "/v1/saved-queries", About.SELF, READERS, READ),
    Rule("POST", "/v1/saved-queries", About.SELF, READERS, READ),
    Rule("DELETE", "/v1/saved-queries/{id}", About.SELF, READERS, READ),
    Rule("GET", "/v1/audit", About.LAW, frozenset((Caller.REGULATOR,)), READ, noted=True),
    Rule("GET", "/v1/vendors", About.LAW, EVERYBODY, READ),
    Rule("POST", "/v1/vendors", About.LAW, AUTHORITIES, noted=True),
    Rule("GET", "/v1/keys", About.FIRM, PEOPLE, READ),
    # Not who runs the platform: a key of a regulator's would read everything.
    Rule("POST", "/v1/keys", About.FIRM, AUTHORITIES, noted=True),
    Rule("POST", "/v1/keys/{id}/revoke", About.FIRM, PEOPLE, noted=True),
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
