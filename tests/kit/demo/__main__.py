"""Serve the demonstration portal on loopback for the length of one command.

    python -m tests.kit.demo [nianbao options of `crawl` …]     crawl it
    python -m tests.kit.demo --serve                            serve it until interrupted

The port is fixed where it is free, so that a second crawl meets the same addresses.
"""

import signal
import subprocess
import sys
from contextlib import ExitStack

from tests.kit.demo.portal import PORTAL
from tests.kit.portal import Server, serve

PORT = 8731


def main(arguments: list[str]) -> int:
    with ExitStack() as stack:
        server = _served(stack)
        if arguments == ["--serve"]:
            print(server.url, flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
            return 0
        before = arguments[: arguments.index("--")] if "--" in arguments else []
        after = arguments[arguments.index("--") + 1 :] if "--" in arguments else arguments
        command = [sys.executable, "-m", "crawler", *before, "crawl", server.url, "--allow-private", "--delay", "0"]
        child = subprocess.Popen([*command, *after])
        # Ctrl-C reaches the child as well, which ends the crawl in good order; this process only waits for it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        return child.wait()


def _served(stack: ExitStack) -> Server:
    try:
        return stack.enter_context(serve(PORTAL, PORT))
    except OSError:  # the port is taken
        return stack.enter_context(serve(PORTAL))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
