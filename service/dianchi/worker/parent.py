"""How a process of the service ends: when it is told to, or with whoever started it."""

import asyncio
import contextlib
import os
import signal
import threading


def ending() -> asyncio.Event:
    """Is set at SIGTERM, or once standard input ends with the parent.

    SIGINT is left to the parent, which stops its children in order.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    threading.Thread(target=_watch, args=(loop, stop), daemon=True).start()
    return stop


def _watch(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Waits for the end of standard input (its buffer would stay locked at the end)."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    with contextlib.suppress(RuntimeError):  # the loop has just closed
        loop.call_soon_threadsafe(stop.set)
