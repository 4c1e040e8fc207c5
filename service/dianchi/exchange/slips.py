"""The slip of a taking-in (收据): for the roll of a counter, or an A4 sheet."""

from dataclasses import dataclass

from dianchi.exchange.painting import as_svg
from dianchi.exchange.paper import A4, ROLL, Paper
from dianchi.exchange.symbols import qr

_CODE_MM = 26.0


@dataclass(frozen=True, slots=True)
class Slip:
    """What was taken in.

    Attributes:
        number: of the slip.
        url: of the page that anybody may check it by.
        outlet: who took it in, by name; `site` is which of its places.
        giver: the organisation that gave it; None where a person did, who is never named.
        day: as `2026-11-24 10:15`.
        count: how many packs.
        mass_kg: together, a decimal string; None where nobody weighed.
        batteries: their names, where they are few.
    """

    number: str
    url: str
    outlet: str
    site: str | None
    giver: str | None
    day: str
    count: int
    mass_kg: str | None
    batteries: tuple[str, ...] = ()


def slip_pdf(slip: Slip, paper: str = "roll") -> bytes:
    """On the roll (80 mm) or on A4."""
    return _written(slip, paper).pdf()


def slip_png(slip: Slip, paper: str = "roll") -> bytes:
    """The same as a picture, to send."""
    return _written(slip, paper).png()


def slip_svg(slip: Slip, paper: str = "roll") -> bytes:
    """The same for a page."""
    return as_svg(_written(slip, paper).pages()[0])


def _written(slip: Slip, name: str) -> Paper:
    size = A4 if name == "a4" else ROLL
    paper = Paper(f"回收收据 {slip.number}", size, "滇池 dianchi")
    paper.heading("废旧动力电池入库收据")
    paper.text("Receipt of used traction batteries", 2.8)
    paper.rule()
    paper.pair("编号 No.", slip.number, face="mono")
    paper.pair("时间", slip.day)
    paper.pair("接收方", slip.outlet)
    if slip.site:
        paper.pair("网点", slip.site)
    paper.pair("交付方", slip.giver or "个人（不记姓名）")
    paper.pair("数量", f"{slip.count} 只")
    paper.pair("质量", f"{slip.mass_kg} kg" if slip.mass_kg else "未称重")
    for battery in slip.batteries:
        paper.text(battery, 3.2, "mono")
    paper.rule()
    paper.symbol(qr(slip.url), _CODE_MM, ["扫码核对本收据", "Scan to check this receipt"])
    paper.space(6)
    paper.text("签收 Signature")
    paper.space(9)
    paper.rule()
    return paper
