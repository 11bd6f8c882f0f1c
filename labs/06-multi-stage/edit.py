"""Edits one line of clock.go, as you do all day long: the constant `edited` becomes the time of now."""

import re
from datetime import datetime
from pathlib import Path

file = Path(__file__).with_name("clock.go")
now = datetime.now().isoformat(timespec="microseconds")
text = file.read_text(encoding="utf-8")
file.write_text(re.sub(r'(?m)^(\s*edited\s*=) ".*"$', rf'\1 "{now}"', text), encoding="utf-8")
print(f"clock.go: edited = {now}")
