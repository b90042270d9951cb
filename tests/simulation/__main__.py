"""Run histories by hand, or one that failed again.

python -m tests.simulation [OPERATIONS]
python -m tests.simulation seed N...
"""

import sys

from tests.simulation.run import campaign, histories
from tests.simulation.world import Parts

match sys.argv[1:]:
    case ["seed", *seeds]:
        report = histories(map(int, seeds), Parts())
    case [operations]:
        report = campaign(int(operations.replace("_", "")))
    case _:
        report = campaign(1_000_000)
sys.stdout.write(f"{report}\n")
