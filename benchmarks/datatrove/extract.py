"""DataTrove's WARC reader and extractor over a folder of WARCs, by itself: runs in the environment that has DataTrove.

    python extract.py FOLDER OUTPUT

With the settings of its own example for Common Crawl (examples/process_common_crawl_dump.py): Trafilatura with
``favour_precision``; one task, one process. Only its limit of a second a page, by the clock, is longer: on a busy
machine a third of the texts was lost to it. The texts are written to OUTPUT, as any use of it would.
"""

import sys

from datatrove.executor import LocalPipelineExecutor  # type: ignore[import-not-found]
from datatrove.pipeline.extractors import Trafilatura  # type: ignore[import-not-found]
from datatrove.pipeline.readers import WarcReader  # type: ignore[import-not-found]
from datatrove.pipeline.writers import JsonlWriter  # type: ignore[import-not-found]


def main() -> None:
    folder, output = sys.argv[1:]
    LocalPipelineExecutor(
        pipeline=[
            WarcReader(folder, glob_pattern="*.warc.gz"),
            Trafilatura(favour_precision=True, timeout=60),
            JsonlWriter(output, compression=None),
        ],
        tasks=1,
        workers=1,
        logging_dir=f"{output}/logs",
    ).run()


if __name__ == "__main__":
    main()
