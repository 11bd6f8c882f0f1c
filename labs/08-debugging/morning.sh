#!/bin/bash
# Play the night: after it, four services are broken. Repair them before you read on.
set -euo pipefail
cd "$(dirname "$0")"

compose() { docker compose --progress quiet "$@" </dev/null; }

compose down --volumes
compose build --quiet

echo "It is yesterday. The database is filled, the lamp keeps its journal."
POSTGRES_PASSWORD=winter-storm-2026 compose up --detach --wait database
docker compose exec -T database psql --username harbour --quiet <<'SQL'
CREATE TABLE visits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    served_by text NOT NULL
);
INSERT INTO visits (at, served_by)
SELECT now() - n * interval '1 hour', 'night-shift' FROM generate_series(7, 1, -1) AS n;
SQL
compose run --rm --user 0 lamp sh -c 'echo "Yesterday, 21:00: lit by the night watch." > /var/lib/lamp/journal'

echo "It is night. Someone means well."
compose up --detach
compose exec -T tide sed -i 's/8000/9000/' /app/tide.conf
compose restart tide

echo "It is morning."
compose ps --all
