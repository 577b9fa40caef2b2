"""A DNS that changes its mind: what an attacker's name server does to get behind a check of addresses."""

import json
import os
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IResolverSimple
from zope.interface import implementer

from config.hosts import is_address

# In this variable: JSON, the answers to each name in order; the last one stays.
VARIABLE = "TEST_DNS"


@implementer(IResolverSimple)
class Resolver:
    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._answers: dict[str, list[str]] = json.loads(os.environ[VARIABLE])

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> "Resolver":
        return cls(reactor)

    def install_on_reactor(self) -> None:
        self._reactor.installResolver(self)

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:
        answers = [name] if is_address(name) else self._answers.get(name, [])
        if not answers:
            return fail(DNSLookupError(f"no such host {name}"))
        return succeed(answers[0] if len(answers) == 1 else answers.pop(0))
