"""Tells somebody of an alarm: by a program of the operator's choosing, or by mail through the local sendmail."""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from config.schedule import Schedule

# A program that takes longer hangs; the alarm is told by the next call.
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Untold:
    """``why`` an alarm could not be told by ``channel``; "" where it was."""

    channel: str
    program: Sequence[str]
    why: str = ""


def by_program(schedule: Schedule, what: str, alarm: Mapping[str, Any]) -> Untold | None:
    """Give the alarm as JSON to the program ``on_alarm``; None where there is none. ``what``: ``raised`` or
    ``closed``, which stands in the JSON as ``event``."""
    if not schedule.on_alarm:
        return None
    text = json.dumps({"event": what, **alarm}, ensure_ascii=False, indent=1)
    return Untold("on_alarm", schedule.on_alarm, _run(schedule.on_alarm, text.encode()))


def by_mail(schedule: Schedule, what: str, alarm: Mapping[str, Any]) -> Untold | None:
    """Have the local sendmail bring the alarm to the addresses of ``mail``; None where there are none."""
    if not schedule.mail:
        return None
    message = EmailMessage()
    message["To"] = ", ".join(schedule.mail)
    state = "" if what == "raised" else "over: "
    message["Subject"] = f"nianbao: {state}{alarm['kind']}" + (f" {alarm['site']}" if alarm["site"] else "")
    message["Auto-Submitted"] = "auto-generated"
    lines = [
        f"{alarm['site'] or 'the installation'}: {alarm['message']}",
        f"That is: {alarm['meaning']}.",
        f"Raised {alarm['raised']}" + (f", over {alarm['closed']}: {alarm['why_closed']}" if alarm["closed"] else ""),
        "What to do: docs/operate.md, under this kind of alarm.",
        "",
        json.dumps(alarm["evidence"], ensure_ascii=False, indent=1),
    ]
    message.set_content("\n".join(lines) + "\n")
    return Untold("mail", schedule.mail_program, _run(schedule.mail_program, message.as_bytes(policy=SMTP)))


CHANNELS: Mapping[str, Callable[[Schedule, str, Mapping[str, Any]], Untold | None]] = {
    "on_alarm": by_program,
    "mail": by_mail,
}


def _run(program: Sequence[str], text: bytes) -> str:
    """Run ``program`` with ``text`` on its standard input; what went wrong in a sentence, or ""."""
    try:
        done = subprocess.run(list(program), input=text, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"{program[0]} did not end within {_SECONDS} seconds"
    except OSError as error:
        return f"{program[0]} can't be run: {error.strerror or error}"
    if done.returncode == 0:
        return ""
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return f"{program[0]} ended with code {done.returncode}" + (f": {said[-1][:300]}" if said else "")
