"""Workers are forked from what their process has loaded, hold nothing that it has open, and end with it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]

PROGRAM = """
import json, os, sys, threading, time
from pathlib import Path
from pipelines import forkserver
from pipelines.process import end_with_parent

def look(started):
    end_with_parent()
    started.send({"pid": os.getpid(), "parent": os.getppid(), "loaded": hasattr(sys, "loaded"),
                  "files": sorted(os.readlink(f) for f in Path("/proc/self/fd").iterdir() if f.exists())})
    time.sleep(600)

def worker():
    context = forkserver.context()
    heard, started = context.Pipe(False)
    context.Process(target=look, args=[started], daemon=True).start()
    return {"method": context.get_start_method(), **heard.recv()}

if __name__ == "__main__":
    threading.Thread(target=threading.Event().wait, daemon=True).start() if "thread" in sys.argv else None
    held = open(sys.argv[1], "a")
    sys.loaded = True
    forkserver.begin()
    print(json.dumps([worker(), worker()]), flush=True)
    time.sleep(600)
"""


def two_workers(
    folder: Path, *how: str, **variables: str
) -> tuple[list[dict[str, object]], "subprocess.Popen[str]", Path]:
    program, held = folder / "program.py", folder / "held"
    program.write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, str(program), str(held), *how]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **variables}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return json.loads(process.stdout.readline()), process, held


def is_alive(pid: object) -> bool:
    return Path(f"/proc/{pid}/exe").exists()


def end(process: "subprocess.Popen[str]", workers: list[dict[str, object]]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    deadline = time.monotonic() + 30
    while any(is_alive(pid) for one in workers for pid in (one["pid"], one["parent"])):
        assert time.monotonic() < deadline, "a worker outlived its process"
        time.sleep(0.02)


def test_workers_are_forked_and_end_with_their_process(tmp_path: Path) -> None:
    workers, process, held = two_workers(tmp_path)
    assert [one["method"] for one in workers] == ["forkserver"] * 2
    assert all(one["loaded"] for one in workers)
    [server] = {one["parent"] for one in workers}
    assert server != process.pid
    assert all(str(held) not in one["files"] for one in workers)
    end(process, workers)


def test_where_there_is_a_thread_nothing_is_forked(tmp_path: Path) -> None:
    workers, process, _ = two_workers(tmp_path, "thread")
    assert [(one["method"], one["parent"], one["loaded"]) for one in workers] == [("spawn", process.pid, False)] * 2
    end(process, workers)


def test_where_no_socket_can_be_nothing_is_forked(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    workers, process, _ = two_workers(tmp_path, TMPDIR=str(folder))
    assert [one["method"] for one in workers] == ["spawn"] * 2
    end(process, workers)
