# Requests a page through the cluster's Ingress: `bash ask.sh HOST PATH`, or with HTTPS: `bash ask.sh --https HOST PATH`.
# Prints the host and the path, the status, and the first line of the response. The certificate is not verified.
scheme=http
[ "$1" = --https ] && { scheme=https; shift; }
port=$(slipway cluster status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$scheme")
response=$(curl --silent --insecure --max-time 4 --write-out '\n%{http_code}' \
    --resolve "$1:$port:127.0.0.1" --header "Host: $1" "$scheme://$1:$port$2")
printf '%-34s %s  %s\n' "$1$2" "$(tail -n 1 <<< "$response")" "$(head -n 1 <<< "$response")"
