secure=$(slipway cluster status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["https"])')
page() { curl --silent --insecure --max-time 2 --resolve harbour.example.com:$secure:127.0.0.1 https://harbour.example.com:$secure/tides/; }
kubectl patch ingress harbour --type=json -p '[{"op": "replace", "path": "/spec/rules/0/http/paths/1/backend/service/port/number", "value": 8080}]'
for try in $(seq 40); do page | grep --quiet --invert-match Tides && exit; sleep 0.3; done
exit 1
