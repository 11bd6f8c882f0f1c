# Rolled out again after the measurement.
VERSION=3 bash on.sh west up -d --wait --force-recreate
