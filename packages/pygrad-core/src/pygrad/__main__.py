"""``python -m pygrad``: the same as the command ``pygrad``."""

import sys

from pygrad.cli import main

sys.exit(main())
