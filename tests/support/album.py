"""Pictures of the app for people: a phone with two dots a pixel, and a frame round what to tap."""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import CDPSession, Locator, Page

from support.phone import Phone

QUALITY = 72
PUBLIC = Path(__file__).parents[2] / "clients/web/scan/public"
FRAME = """box => {
  const frame = document.createElement('div')
  frame.id = 'here'
  frame.style = `position:fixed;z-index:99;pointer-events:none;border:5px solid #e11d48;
    border-radius:14px;left:${Math.max(0, box.x - 4)}px;top:${box.y - 4}px;
    width:${Math.min(box.width + 8, 360 - Math.max(0, box.x - 4))}px;height:${box.height + 8}px`
  document.body.append(frame)
}"""

HOME = """<body style="margin:0;height:100vh;display:grid;place-content:center;gap:14px;
  justify-items:center;background:linear-gradient(#1e3a5f,#3f6d77);color:#fff;
  font:500 22px 'Noto Sans CJK SC'">
  <img src="data:image/png;base64,{drawn}" width="128" style="border-radius:30px">{name}"""
Strokes = tuple[tuple[tuple[float, float], ...], ...]
"""In shares of the width and height of a canvas."""
NAMES: dict[str, Strokes] = {
    "网点人员签名": (
        ((0.2, 0.3), (0.34, 0.27)),
        ((0.27, 0.15), (0.26, 0.8), (0.2, 0.7)),
        ((0.19, 0.6), (0.35, 0.45)),
        ((0.45, 0.25), (0.6, 0.22), (0.48, 0.75)),
        ((0.5, 0.45), (0.63, 0.8)),
        ((0.7, 0.3), (0.86, 0.27)),
        ((0.78, 0.15), (0.78, 0.85)),
        ((0.7, 0.6), (0.88, 0.55)),
    ),
    "检查人员签名": (
        ((0.3, 0.2), (0.45, 0.17)),
        ((0.28, 0.45), (0.47, 0.42)),
        ((0.37, 0.2), (0.37, 0.75)),
        ((0.27, 0.78), (0.48, 0.74)),
        ((0.6, 0.2), (0.58, 0.85)),
        ((0.6, 0.25), (0.8, 0.22), (0.79, 0.85), (0.75, 0.8)),
        ((0.6, 0.5), (0.79, 0.48)),
    ),
}


@dataclass
class Album:
    """Where pictures of a screen are put."""

    page: Page
    eye: CDPSession
    folder: Path

    def take(self, name: str, touch: Locator | None = None) -> None:
        """Keeps what is shown under this name; a frame stands round what is to be touched."""
        # What blinks or slides has to have ended.
        self.page.wait_for_timeout(250)
        if touch:
            touch.evaluate("each => each.scrollIntoView({block: 'nearest'})")
            self.page.evaluate(FRAME, touch.bounding_box())
        shot = self.eye.send("Page.captureScreenshot", {"format": "png"})["data"]
        keep(self.folder / f"{name}.webp", b64decode(shot))
        self.page.evaluate("document.getElementById('here')?.remove()")

    def tile(self, name: str) -> None:
        """Goes to a screen from the first one."""
        self.page.evaluate("location.hash = ''")
        self.page.get_by_test_id(f"tile-{name}").click()


def keep(path: Path, png: bytes) -> None:
    """Writes a picture, small."""
    Image.open(BytesIO(png)).convert("RGB").save(path, quality=QUALITY, method=6)


def icon(album: Album) -> None:
    """How the app stands among others on the phone, drawn from its real icon and name."""
    name = json.loads((PUBLIC / "manifest.webmanifest").read_text("utf-8"))["short_name"]
    drawn = b64encode((PUBLIC / "icon-192.png").read_bytes()).decode()
    album.page.goto("about:blank")
    album.page.set_content(HOME.format(drawn=drawn, name=name))
    album.page.locator("img").evaluate("each => each.decode()")
    album.take("home-screen")


def sign(page: Page, canvas: Locator, name: Strokes) -> None:
    """Draws something like a name."""
    # In the middle: the strip at the top lies over what is under it.
    canvas.evaluate("each => each.scrollIntoView({block: 'center'})")
    box = canvas.bounding_box()
    if box is None:
        raise LookupError("there is no canvas to sign on")
    for stroke in name:
        for at, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
            if at == 0:
                page.mouse.down()
        page.mouse.up()
    page.wait_for_timeout(200)


def open_album(phone: Phone, folder: Path) -> Album:
    """A page with two dots a pixel; whatever it asks is confirmed."""
    page = phone.start()
    eye = page.context.new_cdp_session(page)
    wanted = {"width": 360, "height": 640, "deviceScaleFactor": 2, "mobile": False}
    eye.send("Emulation.setDeviceMetricsOverride", wanted)
    page.on("dialog", lambda dialog: dialog.accept())
    return Album(page, eye, folder)


def print_wall(page: Page, guides: Path) -> None:
    """The page for the wall, on paper."""
    page.goto((guides / "wall.html").as_uri())
    for shown in page.locator("img").all():
        # A PDF keeps a JPEG as it is; anything else becomes several times as large in it.
        drawn = BytesIO()
        name = str(shown.get_attribute("src"))
        Image.open(guides / name).convert("L").resize((360, 640)).save(drawn, "JPEG", quality=80)
        source = f"data:image/jpeg;base64,{b64encode(drawn.getvalue()).decode()}"
        shown.evaluate("(each, source) => { each.src = source; return each.decode() }", source)
    page.pdf(path=guides / "wall.pdf", format="A4", prefer_css_page_size=True)
