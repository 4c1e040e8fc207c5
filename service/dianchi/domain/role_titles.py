"""What the role of a caller is called."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from dianchi.domain.refusals import Text

ROLE_TITLES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "maker": Text("电池生产企业", "Battery maker"),
        "importer": Text("进口企业", "Importer"),
        "vehicle_maker": Text("整车企业", "Vehicle maker"),
        "dealer": Text("销售企业", "Dealer"),
        "workshop": Text("维修企业", "Workshop"),
        "swap_operator": Text("换电企业", "Swap operator"),
        "site_operator": Text("站点运营企业", "Site operator"),
        "outlet": Text("回收网点", "Recycling outlet"),
        "dismantler": Text("报废机动车拆解企业", "Dismantler"),
        "utilizer": Text("梯次利用企业", "Second-life maker"),
        "recycler": Text("再生利用企业", "Recycler"),
        "regulator": Text("监管部门", "Regulator"),
        "auditor": Text("审计人员", "Auditor"),
        "platform-admin": Text("平台管理员", "Platform administrator"),
    }
)
