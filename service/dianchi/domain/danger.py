"""What to do at a burning, smoking or leaking battery, as dated rows with the numbers in them.

No standard that was read gives a distance or an interval for an outlet's yard: those rows are house
advice (mark D), and whoever shows them says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dianchi.domain.dated import ALWAYS, in_force
from dianchi.domain.deadlines import Binding, Mark
from dianchi.domain.refusals import Text


@dataclass(frozen=True, slots=True)
class DangerStep:
    """One step; `text` holds `{value}` where the step has a number.

    Attributes:
        place: in the order of the steps.
        value: in `unit`; None for a step without a number.
        source: what says so, empty where nothing that was read does.
    """

    id: str
    place: int
    text: Text
    value: int | None
    unit: str
    valid_from: date
    valid_to: date | None
    mark: Mark
    source: str = ""

    @property
    def binding(self) -> Binding:
        """House advice unless a source was seen that says it."""
        return "statutory" if self.source and self.mark in ("V", "V2") else "house"

    def said(self) -> Text:
        """The step with its number."""
        return Text(self.text.zh.format(value=self.value), self.text.en.format(value=self.value))


STEPS: Final = (
    DangerStep(
        "stand_back",
        1,
        Text(
            "人先离开 {value} 米以上，叫旁人也离开。",
            "Step back {value} metres, and send others away.",
        ),
        5,
        "m",
        ALWAYS,
        None,
        "D",
    ),
    DangerStep(
        "call",
        2,
        Text(
            "冒烟、起火、有嘶嘶声：立刻打 119，不要靠近。",
            "Smoke, fire or hissing: call 119 at once and stay away.",
        ),
        None,
        "",
        ALWAYS,
        None,
        "R-h",
    ),
    DangerStep(
        "move_outdoors",
        3,
        Text(
            "没有冒烟：戴绝缘手套，把电池移到室外空旷处，离可燃物 {value} 米以上。",
            "No smoke: with insulating gloves move the pack outdoors, {value} metres from anything"
            " that burns.",
        ),
        10,
        "m",
        ALWAYS,
        None,
        "D",
    ),
    DangerStep(
        "leave_alone",
        4,
        Text("不要堆叠，不要充电，不要拆。", "Do not stack it, charge it or open it."),
        None,
        "",
        ALWAYS,
        None,
        "R-h",
    ),
    DangerStep(
        "watch",
        5,
        Text(
            "放好隔离牌，拍下照片，每 {value} 分钟远看一次。",
            "Put up the warning sign, take a photo, look at it from afar every {value} minutes.",
        ),
        30,
        "min",
        ALWAYS,
        None,
        "D",
    ),
)


def danger_steps(on: date | None = None, steps: Iterable[DangerStep] = STEPS) -> list[Any]:
    """The steps as programs read them, in their order.

    Args:
        on: the day asked for; None: those without an end, as they travel with an app.
        steps: all rows.
    """
    held = (row for row in steps if (in_force(row, on) if on else row.valid_to is None))
    return [
        {
            "id": row.id,
            "zh": row.said().zh,
            "en": row.said().en,
            "value": row.value,
            "unit": row.unit or None,
            "house": row.value is not None and row.binding == "house",
            "mark": row.mark,
            "source": row.source or None,
        }
        for row in sorted(held, key=lambda row: row.place)
    ]
