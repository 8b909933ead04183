"""The dlt library's declarative REST source, into local files of JSON lines. usage: dlt_rest.py ADDRESS."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import dlt
from dlt.sources.rest_api import rest_api_source


def main(address: str, work: Path) -> None:
    """Extract, normalise, load; settings are given as the library's documentation has them."""
    source = rest_api_source(
        {
            "client": {
                "base_url": f"{address}/",
                "paginator": {
                    "type": "offset",
                    "limit": 1000,
                    "offset_param": "from",
                    "limit_param": "count",
                    "total_path": "fullResultSize",
                },
            },
            "resources": [
                {
                    "name": "customer",
                    "primary_key": "id",
                    "write_disposition": "append",
                    "endpoint": {"path": "customer", "data_selector": "values"},
                }
            ],
        }
    )
    pipeline = dlt.pipeline(
        "bench",
        destination=dlt.destinations.filesystem(bucket_url=(work / "out").as_uri()),
        dataset_name="bench",
        pipelines_dir=str(work / "state"),
    )
    pipeline.run(source, loader_file_format="jsonl")
    counts = pipeline.last_trace.last_normalize_info.row_counts
    sys.stderr.write(f"{counts.get('customer')} read\n")


if __name__ == "__main__":
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["DATA_WRITER__DISABLE_COMPRESSION"] = "true"
    with tempfile.TemporaryDirectory() as folder:
        main(sys.argv[1], Path(folder))
