"""Shapes of answers about the audit log."""

from pydantic import BaseModel, Field


class AuditEntry(BaseModel):
    """Who did or read what, when."""

    at: str
    actor: str = Field(description="the organisation; `cli:` and a user for a command")
    actor_name: str | None
    role: str
    person: str | None = Field(description="who was signed in; null for a key or a system")
    act: str = Field(description="the method and the route, or the command")
    subject: str


class AuditPage(BaseModel):
    """A page of the audit log, the newest first."""

    items: list[AuditEntry]
    next: str | None
