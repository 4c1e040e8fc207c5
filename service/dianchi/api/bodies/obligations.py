"""Shapes of answers about obligations."""

from typing import Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.shared import CaseMark

State = Literal["due", "due_soon", "overdue", "unchecked", "late", "met", "lapsed"]
Bound = Literal["statutory", "house"]


class ObligedBody(BaseModel):
    """Who answers for a duty or reports it; `id` is null for one that is not registered here."""

    id: str | None
    name: str | None


class SpanBody(BaseModel):
    """Days left, or over where negative, counted as the rule counts its term."""

    count: int
    unit: Literal["working_days", "calendar_days"]


class TermBody(BaseModel):
    """The row of the law that asks for it; null members where no rule in force says it any more."""

    regime: str
    regime_text: dict[str, str] | None
    amount: int | None
    unit: str | None
    moves_to_workday: bool | None
    mark: str | None = Field(description="how the source was seen; see the page of rules")
    article: dict[str, str] | None = Field(description="null where no article was seen")


class VerdictBody(BaseModel):
    """What an earlier rule set said of it."""

    rule_set: str
    regime: str
    due_on: str
    binding: Bound
    owed_to: str
    state: str = Field(description="`open` where it was neither met nor over by those rules")
    met_on: str | None
    judged_from: str
    judged_until: str


class ObligationBody(BaseModel):
    """One duty of one battery, as it stands today."""

    id: str
    battery: str
    duty: str
    duty_text: dict[str, str] | None
    state: State
    state_text: dict[str, str]
    binding: Bound = Field(description="letters and evaluation use statutory ones only")
    owed_to: str
    owed_to_text: dict[str, str]
    bearer: ObligedBody | None = Field(description="null where the record does not name who")
    reporter: ObligedBody
    prefecture: str | None
    event_id: str = Field(description="the report that starts the term, or shows that it began")
    event_type: str
    unreported: bool = Field(
        description="the report owed is not here; a report of somebody else shows that it is owed"
    )
    safety_class: str | None
    started_on: str
    due_on: str
    days: SpanBody | None = Field(description="left or over today; days late where it is `late`")
    calendar: Literal["notice", "provisional", "weekdays"] = Field(
        description="where the working days of the year of the due day come from"
    )
    met_on: str | None
    met_by: str | None
    lapsed_on: str | None
    term: TermBody
    rule_set: str = Field(description="by which the verdict was first given that still holds")
    judged_from: str
    earlier: list[VerdictBody]
    case: CaseMark | None = Field(description="in which it is or was worked")


class ObligationPage(BaseModel):
    """A page of obligations."""

    items: list[ObligationBody]
    today: str = Field(description="the day in China by which states are told")
    next: str | None
    log_index: int | None


class DutyCount(BaseModel):
    """How many obligations of one duty are in each state."""

    duty: str
    duty_text: dict[str, str] | None
    binding: Bound
    states: dict[str, int]


class ObligationSummary(BaseModel):
    """Counts of obligations by duty and state."""

    states: dict[str, int]
    duties: list[DutyCount]
    today: str
    rule_set: str
    log_index: int | None
