"""What every column of the database may be shown to: its class.

A test compares this with a migrated database: a column without a class fails it, and a class
without a column.
"""

from collections.abc import Mapping
from typing import Final

from dianchi.access.sensitivity import Class

# A line for each class of each table; the columns as the database names them.
_TABLES: Final[Mapping[str, Mapping[Class, str]]] = {
    "alembic_version": {Class.C1: "version_num"},
    "api_key": {
        Class.C1: "last_used_at made_at",
        Class.C2: "prefix organisation role prefecture area department names revoked_at expires_at"
        " scopes revoked_by revoked_why device",
        Class.C4: "digest",
    },
    "application": {
        Class.C2: "number name uscc roles province prefecture county made_at decision decided_at"
        " decided_by reason organisation handed_at told",
        Class.C4: "secret",
    },
    "asset_pack": {
        Class.C2: "id organisation title named sheet sha256 made_at expires_at revoked_at"
    },
    "asset_pack_opening": {Class.C2: "id pack organisation form at"},
    "audit": {Class.C1: "batch place", Class.C2: "at actor role person act subject"},
    "battery": {
        Class.C1: "log_index next_change_us",
        Class.C2: "stream_id name names stage prefecture chemistry holder reporter owner site"
        " host_kind host model energy_kwh mass_kg quarantined last_us since_us seen_by maker"
        " safety_class handover receiver held made_day remedied",
    },
    "case_attachment": {
        Class.C1: "made_at",
        Class.C2: "case_id organisation sha256 type size erased_at",
        Class.C3: "body",
    },
    "case_file": {
        Class.C2: "id number firm prefecture seen_by items state version assignee due_on recheck_on"
        " opened_at opened_by asked_at closed_at"
    },
    "case_item": {
        Class.C2: "case_id place kind ref code battery statutory told outcome released_at unasked"
    },
    "case_letter": {Class.C2: "number case_id version kind body sha256 made_at"},
    "case_step": {
        Class.C1: "said",
        Class.C2: "case_id version id step state organisation person at internal told",
    },
    "capacity": {
        Class.C1: "noted_by noted_at",
        Class.C2: "id organisation site process permitted_t built_t document document_on valid_from"
        " valid_to seen_by",
    },
    "client_assertion": {Class.C1: "client jti expires_at"},
    "client_key": {
        Class.C1: "made_at made_by",
        Class.C2: "id public_key name organisation role prefecture area department scopes"
        " revoked_at",
    },
    "conformity_run": {
        Class.C1: "begun_at",
        Class.C2: "number sandbox generation organisation role version names answers ended_at"
        " passed report sha256",
    },
    "complaint": {
        Class.C1: "made_at closed_at",
        Class.C2: "number kind battery prefecture closed_by reason",
    },
    "contribution": {Class.C2: "stream_id cells amounts"},
    "crowd": {Class.C2: "organisation code day reports"},
    "delivery": {
        Class.C1: "next_at made_at tried_at took_ms",
        Class.C2: "webhook message log_index type state tries status fault",
    },
    "demonstration": {
        Class.C1: "noted_by noted_at",
        Class.C2: "id name purpose organisation sites document document_on valid_from valid_to"
        " seen_by",
    },
    "device": {
        Class.C1: "code_ends made_at told_at tested_at test",
        Class.C2: "id organisation role site name claimed_at revoked_at revoked_why app offset_ms"
        " unsent refused",
        Class.C4: "code claimant",
    },
    "device_block": {Class.C1: "asked made_at", Class.C2: "block device"},
    "device_told": {Class.C1: "cursor told_at", Class.C2: "device told"},
    "doubtful": {Class.C2: "organisation code day recorded_us event_id"},
    "erasure": {Class.C2: "id reference basis document organisation hand asked_at"},
    "erasure_decision": {Class.C2: "erasure decision why organisation hand decided_at"},
    "event": {Class.C2: "stream_id version event_id body"},
    "event_key": {Class.C2: "kind key stream_id version"},
    "export": {
        Class.C1: "state rows size problem asked_at ended_at expires_at turn_at lease_by"
        " lease_until",
        Class.C2: "id owner organisation reporter list filters form language log_index rows_sha256"
        " sha256",
    },
    "export_part": {Class.C2: "export part body"},
    "factor_table": {
        Class.C1: "noted_by noted_at",
        Class.C2: "id name version source valid_from factors",
    },
    "finding": {
        Class.C2: "finding_id subject_kind subject_id subject code kind severity prefecture"
        " organisation said evidence opened_at closed_at is_open seen_by"
    },
    "firm": {Class.C2: "organisation last_us"},
    "first_regulator": {Class.C1: "alone person made_at"},
    "kek": {Class.C1: "id since"},
    "log_checkpoint": {Class.C0: "origin size root note cosignatures"},
    "log_entry": {Class.C1: "log_index logged_at", Class.C2: "stream_id version"},
    "log_tile": {Class.C0: "level number hashes"},
    "mandate": {
        Class.C2: "id organisation agent role types sites area valid_from valid_to said made_at"
        " revoked_at revoked_why"
    },
    "national_connection": {
        Class.C1: "log_index made_at next_at failures failing_since credentials_at",
        Class.C2: "id organisation role url profile types fixed per_minute paused_at fault held_at"
        " held_why",
        Class.C4: "credentials",
    },
    "national_item": {
        Class.C1: "next_at made_at tried_at asked sent",
        Class.C2: "connection vehicle id battery type log_index state tries due_on sent_at code"
        " said fault gaps given reason",
    },
    "obligation": {
        Class.C1: "judged_at",
        Class.C2: "obligation_id stream_id battery duty regime event_id event_type unreported"
        " bearer bearer_told reporter owed_to statutory prefecture safety_class start_day soon_day"
        " due_day met_day met_by ended_day phase dropped rule_set earlier seen_by",
    },
    "obligation_tally": {Class.C2: "seen_by bearer prefecture duty statutory phase month rows"},
    "organisation": {
        Class.C0: "id name uscc province prefecture onboarded_on",
        Class.C2: "permits",
    },
    "outside_receipt": {
        Class.C2: "id organisation event_id claimed made_at expires_at revoked_at answered_at"
        " answer",
        Class.C4: "digest",
    },
    "outbox": {Class.C2: "stream_ids versions"},
    "personal": {
        Class.C1: "kind kek made_at",
        # A reference without its key leads to nobody; it stands in every event.
        Class.C2: "reference erased_at",
        Class.C3: "sealed",
        Class.C4: "wrapped",
    },
    "person": {
        Class.C1: "id manages totp_since totp_step made_at made_by expires_at disabled_at"
        " disabled_by",
        Class.C2: "organisation role prefecture area department names",
        Class.C3: "login subject",
        Class.C4: "password totp_secret",
    },
    "person_link": {
        Class.C1: "person clears_codes made_at expires_at used_at",
        Class.C4: "digest",
    },
    "person_session": {
        Class.C1: "person step tries made_at seen_at expires_at",
        Class.C3: "agent address",
        Class.C4: "digest",
    },
    "pickup": {
        Class.C1: "silent_us",
        Class.C2: "stream_id number event_id requester site addressee addressee_told batteries"
        " asked_us answer reason answered_us seen_by",
    },
    "place_tally": {
        Class.C2: "measure month prefecture chemistry contributors things mass_g energy_wh stay_s"
    },
    "power_decision": {Class.C1: "proposal decision decided_at decided_by"},
    "power_proposal": {
        Class.C1: "id person act manages clears_codes expires_at made_at made_by",
        Class.C2: "organisation role prefecture area department names",
    },
    "photo": {Class.C1: "made_at", Class.C2: "organisation sha256 type size parts erased_at"},
    "photo_part": {
        Class.C1: "made_at",
        Class.C2: "organisation sha256 part size",
        Class.C3: "body",
    },
    "projection": {Class.C1: "name log_index version"},
    "recall": {
        Class.C2: "stream_id subject issuer number role event_id maker vendor model made_from"
        " made_to codes_from codes_to names advice advice_en reason document opened_us closed_us"
        " closing",
    },
    "recovery_code": {Class.C1: "person used_at", Class.C4: "digest"},
    "report": {Class.C2: "event_id stream_id version organisation sha256 body"},
    "sandbox": {Class.C1: "made_at ready_at used_at", Class.C2: "id organisation generation"},
    "sandbox_exchange": {Class.C1: "number began_us at_us", Class.C2: "told"},
    "saved_query": {
        Class.C2: "id owner organisation name list filters shared made_at",
    },
    "set_aside_proposal": {
        Class.C1: "id made_at made_by decision decided_at decided_by",
        Class.C2: "event_id line battery basis document reason organisation",
    },
    "shown_event": {Class.C2: "stream_id version event_id body"},
    "shown_log": {Class.C1: "log_index logged_at", Class.C2: "body seen_by"},
    "site": {
        Class.C0: "organisation number name kind prefecture county functional opened_on closed_on",
        Class.C1: "changed",
        Class.C2: "area_m2 capacity_kg permits principals",
    },
    "slip": {Class.C1: "made_at", Class.C2: "number event_id"},
    "stream": {Class.C2: "stream_id version kind name state seen_by"},
    "tally": {
        Class.C2: "cell measure month prefecture county functional chemistry firm partner"
        " contributors things mass_g energy_wh stay_s"
    },
    "transfer": {
        Class.C1: "made_at recorded_at",
        Class.C2: "id organisation number source target day reason count form reports",
    },
    "unsettled": {Class.C2: "stream_id kind name due_us"},
    "upload": {
        Class.C1: "made_at asked_at ended_at turn_at lease_by lease_until",
        Class.C2: "id organisation reporter type name size sha256 parts state family opened plan"
        " plan_from mode row_count done checked committed problem",
    },
    "upload_key": {Class.C1: "digest place", Class.C2: "upload event_id"},
    "upload_part": {Class.C2: "upload part size", Class.C3: "body"},
    "upload_plan": {Class.C1: "made_at", Class.C2: "organisation type header plan"},
    "upload_receipt": {
        Class.C1: "issued_at",
        Class.C2: "upload number organisation body",
    },
    "upload_slice": {
        Class.C2: "upload slice organisation row_count known tallies",
        Class.C3: "rows checked committed",
    },
    "vendor": {Class.C0: "code name valid_from valid_to"},
    "webhook": {
        Class.C1: "log_index made_at next_at failures failing_since former_until",
        Class.C2: "id organisation role area url types whole paused_at disabled_at disabled_why",
        Class.C4: "secret former_secret",
    },
    "work_list": {
        Class.C1: "since said made_at",
        Class.C2: "id organisation number name crew due report reason closed_at closed_why",
    },
    "work_note": {
        Class.C1: "told_at",
        Class.C2: "id list place organisation device why at",
    },
    "work_row": {
        Class.C2: "list place organisation station battery expected host_kind released_at"
    },
}
# Where views are made anew (0061): what is made beside is classed as what is shown.
_BESIDE: Final[Mapping[str, Mapping[Class, str]]] = {
    **{
        f"rebuilt_{shown}": _TABLES[shown]
        for shown in ("battery", "contribution", "finding", "firm", "obligation", "tally")
    },
    "rebuilt_doubtful": {Class.C2: "organisation code day recorded_us event_id"},
    "rebuilt_union": {Class.C2: "stream_id"},
}
CLASSES: Final[Mapping[tuple[str, str], Class]] = {
    (table, column): its_class
    for table, classed in (*_TABLES.items(), *_BESIDE.items())
    for its_class, columns in classed.items()
    for column in columns.split()
}
"""The class of every column, by table and column."""
