"""``python -m constellation.testing.money SEED...``: repeat runs."""

import json
import logging
import sys
from dataclasses import asdict

from constellation.testing.money.run import run

logging.disable(logging.ERROR)
for text in sys.argv[1:]:
    sys.stdout.write(json.dumps({"seed": int(text), **asdict(run(int(text)))}) + "\n")
