"""All benchmarks, one after the other; exits with 1 where one is below its floor."""

import subprocess
import sys

BENCHMARKS = ("accuracy", "identity", "assembly", "speed", "recording", "archive", "reparse", "datatrove")


def main() -> int:
    codes = []
    for name in BENCHMARKS:
        print(f"== {name}", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
