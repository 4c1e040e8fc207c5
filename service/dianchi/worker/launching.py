"""Starts processes that do not give way as much as whoever starts them."""

import asyncio
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor


class Launcher:
    """A thread that starts processes; made before its process gives way to others.

    What is started inherits how far its starter gives way (`nice`), which on Linux is a thing of
    each thread and cannot be taken back without privileges.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="launcher")
        self._thread.submit(int).result()  # it is there from now on

    async def start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        """A process with a pipe for its standard input."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _begin, command)


def _begin(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own command
