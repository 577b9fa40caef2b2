"""What a person edits, and its validated loading. The lowest layer: imports nothing of ours."""

VERSION = "0.1.0"
