"""A life to read: told over HTTP, some of it late."""

from support.api import VIN, Api, code, produced

NAME = code(1)
CAR = {"kind": "vehicle", "id": VIN}


async def lived(api: Api) -> None:
    """A pack that was made, fitted and sold."""
    await api.post("maker", produced(1))
    await api.report(
        "vehicle_maker", "installed", "2024-07-01T10:00:00+08:00", battery=NAME, host=CAR
    )
    await api.report(
        "vehicle_maker",
        "sold",
        "2024-08-01T10:00:00+08:00",
        battery=NAME,
        prefecture="530300",
        vin=VIN,
    )
