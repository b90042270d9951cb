"""Write docs/openapi.json, or with --check fail when it is not what the code says.

The file is committed so that every change of the contract is seen in review.
"""

import difflib
import sys
from pathlib import Path

from sellier.surfaces.api import openapi

FILE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"


def main() -> int:
    made = openapi.written().decode()
    if "--check" not in sys.argv:
        FILE.write_text(made)
        return 0
    kept = FILE.read_text() if FILE.exists() else ""
    changed = list(
        difflib.unified_diff(
            kept.splitlines(), made.splitlines(), "docs/openapi.json", "the code", lineterm=""
        )
    )
    if changed:
        print("\n".join(changed[:60]))
        print("The API differs from its document. Run: python tools/openapi.py, and review it.")
    return bool(changed)


if __name__ == "__main__":
    sys.exit(main())
