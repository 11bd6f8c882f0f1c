kubectl patch ingress quay --type=json -p '[{"op": "remove", "path": "/spec/rules/0/http/paths/1"}]'
port=$(slipway cluster status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["http"])')
for try in $(seq 60); do curl --silent --header 'Host: arrivals.example.com' "http://localhost:$port/api/arrivals" | grep -qi '<html' && break; sleep 0.5; done
