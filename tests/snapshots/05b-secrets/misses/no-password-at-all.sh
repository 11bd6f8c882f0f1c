# A database that lets everyone in needs no password, and no file.
docker compose down --volumes
python3 - <<'PYTHON'
from pathlib import Path
file = Path("compose.yaml")
text = file.read_text().replace("    secrets:\n      - database_password\n", "")
text = text.replace("      DATABASE_PASSWORD_FILE: /run/secrets/database_password\n", "")
file.write_text(text.replace("POSTGRES_PASSWORD_FILE: /run/secrets/database_password", "POSTGRES_HOST_AUTH_METHOD: trust"))
PYTHON
docker compose up -d --wait
until curl --silent http://localhost:8085/; do sleep 0.1; done
