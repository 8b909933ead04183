"""Where `sluice` begins: Ctrl-C while the commands are still being loaded interrupts as any later."""

from __future__ import annotations

import gc
import sys

gc.disable()  # until the command is loaded: none of it is garbage, and looking for some is a tenth of a start
try:
    from sluice.cli.main import main
except KeyboardInterrupt:
    sys.stderr.write("interrupted\n")
    raise SystemExit(130) from None

if __name__ == "__main__":
    main()
