# The clerk records a visit in the database every two seconds, and prints the result.
export PGCONNECT_TIMEOUT=2
trap 'exit 0' TERM

while true; do
    if said=$(psql "$DATABASE_URL" --quiet --command "INSERT INTO visits (served_by) VALUES ('$HOSTNAME')" 2>&1); then
        echo "A visit is noted."
    else
        echo "The visit is lost. $said"
    fi
    sleep 2 &
    wait $!
done
