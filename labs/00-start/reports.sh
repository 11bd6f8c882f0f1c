# Run both reports, with the version of click that each of them needs: bash reports.sh here, or bash reports.sh containers
quiet="--quiet --disable-pip-version-check --root-user-action ignore --retries 1"

# On this machine, both versions go to the same folder, a temporary one.
here() {
    place=$(mktemp -d)
    trap 'rm -r "$place"' EXIT
    for version in 7.1.2 8.1.8; do
        echo "Installed: click $version"
        python3 -m pip install $quiet --upgrade --target "$place" "click==$version"
        for report in old_report.py new_report.py; do
            printf '    %-15s ' "$report:"
            PYTHONPATH="$place" python3 "$report" 2>&1 | tail -1
        done
    done
}

# In a container of the image python:3.11-slim, with one version of click: report 7.1.2 old_report.py
report() {
    run='pip install '"$quiet"' "$0" && python - 2>&1 | tail -1'
    result=$(docker run --rm -i python:3.11-slim sh -c "$run" "click==$1" < "$2")
    echo "Container with click $1: $2: $result"
}

# At the same time, each in its own container.
containers() {
    report 7.1.2 old_report.py &
    report 8.1.8 new_report.py &
    wait
}

"$1"
