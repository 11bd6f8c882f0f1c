# Rolled out again after the measurement.
VERSION=3 bash on.sh south up -d --wait --force-recreate
