"""How far the values of a column may go, and what the classes mean."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from dianchi.domain.refusals import Text


class Class(StrEnum):
    """How far a value may go."""

    C0 = "C0"
    """Public: anybody."""
    C1 = "C1"
    """Internal: whoever runs the service."""
    C2 = "C2"
    """Commercial: whoever is party to it, and regulators."""
    C3 = "C3"
    """Personal: encrypted, erasable; read back for a purpose only."""
    C4 = "C4"
    """Secret: never leaves the service, not even to its own logs."""


MEANING: Final[Mapping[Class, Text]] = {
    Class.C0: Text("公开", "public: anybody"),
    Class.C1: Text("内部：运行者", "internal: whoever runs the service"),
    Class.C2: Text("商业：当事单位与监管部门", "commercial: who is party to it, and regulators"),
    Class.C3: Text("个人：加密、可删除", "personal: encrypted, can be erased"),
    Class.C4: Text("秘密：不出服务", "secret: never leaves the service"),
}
