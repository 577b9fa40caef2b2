"""The Chromium of this machine: where it is, and how it is started so that it reaches no network of its own."""

import os
import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from config.errors import UsageError
from config.site import Site

LONGEST = 900.0  # seconds for one page: its scripts and data are asked for as slowly as everything else
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    # Nothing listens there; without the second flag loopback would go past it.
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--no-first-run",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


def settings(site: Site) -> Mapping[str, Any]:
    """What scrapy-playwright reads from Scrapy's settings. Chromium's own sandbox does not work for root.

    Raises UsageError where the extra or Chromium is missing.
    """
    return {
        "PLAYWRIGHT_BROWSER_TYPE": "chromium",
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": _path(site),
            "chromium_sandbox": os.geteuid() != 0,
            "args": list(_FLAGS),
            # A signal is for the crawl, which closes the browser in good order.
            "handle_sigint": False,
            "handle_sigterm": False,
            "handle_sighup": False,
        },
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": LONGEST * 1000,
    }


def _path(site: Site) -> str:
    if find_spec("scrapy_playwright") is None:
        raise UsageError(
            f"site {site.name} asks for a browser, and scrapy-playwright is not installed: run "
            "pip install -r requirements-browser.txt, or take `browser: true` out of the site's file"
        )
    found = next((path for name in _CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        raise UsageError(
            f"site {site.name} asks for a browser, and no chromium is on the PATH: install it "
            "(Debian: apt-get install chromium), or take `browser: true` out of the site's file"
        )
    return found
