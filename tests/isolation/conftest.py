"""test_lost_access.py reads every dialect's stream by that dialect's own client."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / name) for name in ("chatapi", "anytype", "centrifugo", "structchat")]
