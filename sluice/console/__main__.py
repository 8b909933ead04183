"""The console's server as a process of its own: python -m sluice.console FILE PORT.

FILE is JSON with the fields of Site; background.py writes it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sluice.console.server import ConsoleServer, Site

if __name__ == "__main__":
    _, file, port = sys.argv
    ConsoleServer(Site(**json.loads(Path(file).read_text())), int(port)).serve_forever()
