"""`dianchi national-stand-in`: runs the stand-in until Ctrl-C, and says what it was sent."""

import time
from typing import Final

import typer

from dianchi.demo.national_platform import FAULTS, Platform
from dianchi.demo.national_server import standing_in
from dianchi.exchange.national.wire import Credentials

_LOOK_S: Final = 2.0


def stand_in(port: int, token: str, key: str, faults: list[str]) -> None:
    """Serves until it is interrupted."""
    platform = Platform(Credentials(token, key))
    platform.rates = dict(map(_rate, faults))
    with standing_in(platform, port) as address:
        typer.echo(f"{address}  token {token}  key {key}")
        typer.echo(f"faults: {', '.join(FAULTS)}")
        told = -1
        try:
            while True:
                time.sleep(_LOOK_S)
                if told != len(platform.vehicles):
                    told = len(platform.vehicles)
                    typer.echo(f"vehicles {told}  calls {sum(platform.asked.values())}")
        except KeyboardInterrupt:
            pass


def _rate(told: str) -> tuple[str, float]:
    name, _, share = told.partition("=")
    if name not in FAULTS:
        raise typer.BadParameter(f"there is no fault {name}; use one of: {', '.join(FAULTS)}")
    return name, float(share or "0.1")
