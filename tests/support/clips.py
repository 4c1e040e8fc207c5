"""Clips for a camera that is none: labels that move, turn, blur and are dirty, made in the test."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import qrcode
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

SIZE = (1280, 720)
FRAMES = 15
"""Unlike frames of each symbol."""
REPEATS = 3
"""How often each is shown: Chromium plays such a file at 30 frames a second."""


def qr_label(text: str, *, readable: bool = True) -> Image.Image:
    """A QR symbol with dirt on it; where it is not to be read, on what finds it as well."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_Q, box_size=10, border=4)
    code.add_data(text)
    code.make()
    label = code.make_image().get_image().convert("L")
    pen, side = ImageDraw.Draw(label), label.width
    for place in (0.5, 0.62):
        at = int(side * place)
        pen.ellipse((at, at, at + 12, at + 9), fill=120)
    if not readable:
        pen.rectangle((0, 0, side * 0.4, side * 0.4), fill=90)
        pen.rectangle((side * 0.55, side * 0.1, side, side * 0.3), fill=90)
    return label


def other_label(text: str, kind: zxingcpp.BarcodeFormat) -> Image.Image:
    """A Data Matrix or a Code 128."""
    made = zxingcpp.create_barcode(text, kind)
    linear = kind == zxingcpp.BarcodeFormat.Code128
    drawing: Any = zxingcpp.write_barcode_to_image(made, scale=2 if linear else 12)
    dots = memoryview(drawing)
    height, width = dots.shape or (0, 0)
    drawn = Image.frombytes("L", (width, height), dots.tobytes())
    if linear:
        drawn = drawn.resize((drawn.width, 160))
    framed = Image.new("L", (drawn.width + 80, drawn.height + 80), 255)
    framed.paste(drawn, (40, 40))
    return framed


def _frames(label: Image.Image, dice: Random) -> Iterator[Image.Image]:
    for number in range(FRAMES):
        scene = Image.new("L", SIZE, 150)
        turned = label.rotate(dice.uniform(-8, 8), expand=True, fillcolor=150)
        across, down = SIZE[0] - turned.width, SIZE[1] - turned.height
        place = (across // 2 + dice.randint(-60, 60), down // 2 + dice.randint(-30, 30))
        scene.paste(turned, place)
        yield scene.filter(ImageFilter.GaussianBlur(3 if number % 3 == 0 else 0.6))


def write_clip(path: Path, *labels: Image.Image) -> None:
    """Writes the labels one after another as motion JPEG: pictures in a row."""
    dice = Random(20261124)
    with path.open("wb") as file:
        for label in labels:
            for frame in _frames(label, dice):
                packed = BytesIO()
                frame.convert("RGB").save(packed, "JPEG", quality=85)
                for _ in range(REPEATS):
                    file.write(packed.getvalue())
