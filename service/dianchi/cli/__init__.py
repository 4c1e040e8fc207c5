"""The command line: `dianchi`."""

import sys

from dianchi.views.collecting import rarely_collecting

with rarely_collecting():
    from dianchi.cli.commands import app
    from dianchi.ledger.errors import LogError
    from dianchi.settings import SettingsError
    from dianchi.store.errors import ClusterError
    from dianchi.store.vault import KeyGoneError
    from dianchi_client.errors import Rejected


def main() -> None:
    """Runs one command; what the user can mend is said in one line, without a traceback."""
    try:
        app()
    except (SettingsError, ClusterError, LogError, KeyGoneError) as error:
        sys.exit(f"dianchi: {error}")
    except Rejected as error:
        sys.exit(f"dianchi: {error.zh} · {error.en}")
