"""What officers did about batteries of the story, and what was called back, some of it remedied.

Told last of all, so that the rest of the story is the same with it and without. Nothing of it
moves a battery.
"""

from collections.abc import Iterable
from random import Random
from typing import Final

from dianchi.demo.book import Data, Planned
from dianchi.demo.clock import DAY_US, at_work, day_of
from dianchi.demo.firms import Post
from dianchi.demo.stage import Stage

_BASIS: Final = "《新能源汽车废旧动力电池回收和综合利用管理暂行办法》"
_HOLDS: Final = (
    ("twin_holders", "同一只电池两家单位都说持有，现场核查前请勿移动"),
    ("vanished", "发出后无人签收，核查去向"),
    ("shrunk_on_the_road", "途中减重过大，复称前请勿移动"),
)
_LIFTED: Final = "现场核查：实物与记录一致"
_NOTE: Final = "已电话了解：基站备电运行正常，定期巡检记录齐全。"
_CONCERNED: Final = 36
"""How many batteries the open recall concerns, about."""
_DONE: Final = 3
"""Of so many one had its remedy."""
_QUIET_DAYS: Final = 12
_MEASURES: Final = ("更换采样线束", "更换模组", "升级管理系统软件")


def officers_act(stage: Stage, rng: Random) -> None:
    """Lets officers place and lift holds and leave a note, and a maker call batteries back."""
    spoken = stage.book.in_order()
    officer = stage.province.posts["regulator"][0]
    _hold(stage, officer, spoken, rng)
    _note(stage, officer, rng)
    _call_back(stage, spoken, rng)
    _called_back_before(stage, officer, rng)


def _document(stage: Stage, number: int) -> str:
    return f"示范核〔{day_of(stage.book.plan.horizon_us).year}〕{number}号"


def _days_ago(stage: Stage, days: int, rng: Random) -> int:
    return at_work(stage.book.plan.horizon_us - (days + 1) * DAY_US, 0, rng)


def _hold(stage: Stage, officer: Post, spoken: Iterable[Planned], rng: Random) -> None:
    """Holds on batteries that were lied about and rest by now; one of them is lifted."""
    rest_us = stage.book.plan.horizon_us - _QUIET_DAYS * DAY_US
    last: dict[str, int] = {}
    for one in spoken:
        last.update(dict.fromkeys(_names(one), one.occurred_us))
    resting = [lie for lie in stage.book.lies if last.get(lie.battery, rest_us) < rest_us]
    chosen = {lie.kind: lie.battery for lie in reversed(resting)}
    reasons = dict(_HOLDS)
    # Some kinds of lies may have none that rests: any other is as good.
    others = [name for kind, name in chosen.items() if kind not in reasons]
    for n, (kind, reason) in enumerate(_HOLDS, 1):
        battery = chosen.get(kind) or others.pop()
        told: Data = {"basis": _BASIS, "document": _document(stage, n), "reason": reason}
        hold = stage.book.tell(
            officer, "hold_placed", _days_ago(stage, 9, rng), told, battery, late_days=0
        )
    lifted: Data = {**told, "reason": _LIFTED, "hold": hold}
    stage.book.tell(officer, "hold_lifted", _days_ago(stage, 4, rng), lifted, battery, late_days=0)


def _names(one: Planned) -> set[str]:
    """The batteries that a report names by themselves or in a load."""
    lines = one.raw["data"].get("batteries", ())
    named = {line["battery"] for line in lines if isinstance(line, dict)}
    return named | {one.raw["battery"]} if "battery" in one.raw else named


def _note(stage: Stage, officer: Post, rng: Random) -> None:
    battery = stage.samples.get("second_life")
    if battery:
        at_us = _days_ago(stage, 6, rng)
        stage.book.tell(officer, "annotated", at_us, {"reason": _NOTE}, battery, late_days=0)


def _call_back(stage: Stage, spoken: Iterable[Planned], rng: Random) -> None:
    """The first maker calls back one model of some time, and tells what was remedied so far."""
    maker = stage.province.posts["maker"][0]
    births = [one for one in spoken if one.raw["type"] == "produced" and one.post.id == maker.id]
    models = [str(one.raw["data"]["model"]) for one in births]
    if not models:
        return
    model = max(sorted(set(models)), key=models.count)
    made = sorted(one.occurred_us for one in births if one.raw["data"]["model"] == model)
    middle = max(0, (len(made) - _CONCERNED) // 2)
    made = made[middle : middle + _CONCERNED]
    number = f"ZH-示范-{day_of(stage.book.plan.horizon_us).year}-01"
    told: Data = {
        "recall": number,
        "selector": {
            "maker": maker.id, "model": model,
            "produced_from": str(day_of(made[0])), "produced_to": str(day_of(made[-1])),
        },
        "advice": "停止快充，尽快到维修网点检查并更换采样线束；网点收到后单独存放",
        "advice_en": "No fast charging; have the sensing harness replaced at a workshop",
        "reason": "采样线束可能松脱，极端情况下电压采集失准",
        "document": _document(stage, 21),
    }  # fmt: skip
    stage.book.tell(maker, "recall_opened", _days_ago(stage, 40, rng), told, late_days=0)
    concerned = [
        str(one.raw["battery"])
        for one in births
        if one.raw["data"]["model"] == model and made[0] <= one.occurred_us <= made[-1]
    ]
    for battery in concerned[::_DONE]:
        done: Data = {"recall": number, "measure": rng.choice(_MEASURES)}
        at_us = _days_ago(stage, rng.randint(2, 34), rng)
        stage.book.tell(maker, "remedied", at_us, done, battery, late_days=0)


def _called_back_before(stage: Stage, officer: Post, rng: Random) -> None:
    """An authority's recall of a maker elsewhere, which is over."""
    year = day_of(stage.book.plan.horizon_us).year - 1
    number = f"ZH-示范-{year}-07"
    told: Data = {
        "recall": number,
        "selector": {"vendor": "9X2", "produced_from": f"{year - 6}-01-01",
                     "produced_to": f"{year - 6}-06-30"},
        "advice": "联系销售单位升级管理系统软件",
        "reason": "均衡策略缺陷",
        "document": f"示范召〔{year}〕7号",
    }  # fmt: skip
    stage.book.tell(officer, "recall_opened", _days_ago(stage, 380, rng), told, late_days=0)
    over: Data = {"recall": number, "reason": "召回已完成", "document": f"示范召〔{year}〕19号"}
    stage.book.tell(officer, "recall_closed", _days_ago(stage, 60, rng), over, late_days=0)
