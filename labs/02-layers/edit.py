"""Edits one line of app.py, as you do all day long: EDITED becomes the time of now."""

import re
from datetime import datetime
from pathlib import Path

file = Path(__file__).with_name("app.py")
now = datetime.now().isoformat(timespec="microseconds")
text = file.read_text(encoding="utf-8")
file.write_text(re.sub(r'^EDITED = ".*"$', f'EDITED = "{now}"', text, flags=re.M), encoding="utf-8")
print(f"app.py: EDITED = {now}")
