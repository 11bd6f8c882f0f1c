# The short form of depends_on.
python3 - <<'PYTHON'
from pathlib import Path
file = Path("compose.yaml")
long = "    depends_on:\n      database:\n        condition: service_healthy\n"
file.write_text(file.read_text().replace(long, "    depends_on: [database]\n"))
PYTHON
docker compose up -d --wait
