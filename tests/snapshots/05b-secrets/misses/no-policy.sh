# The policy forgotten for one of three.
python3 - <<'PYTHON'
from pathlib import Path
file = Path("compose.yaml")
before, last = file.read_text().rsplit("    restart: unless-stopped\n", 1)
file.write_text(before + last)
PYTHON
docker compose up -d --wait
until curl --silent http://localhost:8085/; do sleep 0.1; done
