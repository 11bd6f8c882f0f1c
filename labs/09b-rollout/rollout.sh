# Roll out a new version to both machines: `bash rollout.sh 2`.
set -eu
for machine in east west; do
    VERSION=$1 bash on.sh "$machine" up -d
done
