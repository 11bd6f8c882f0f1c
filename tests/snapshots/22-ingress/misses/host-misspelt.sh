port=$(slipway cluster status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["http"])')
answer() { curl --silent --max-time 2 --header 'Host: harbour.example.com' http://localhost:$port/; }
kubectl patch ingress harbour --type=json -p '[{"op": "replace", "path": "/spec/rules/0/host", "value": "harbor.example.com"}]'
for try in $(seq 40); do answer | grep --quiet 'nobody of that name' && exit; sleep 0.3; done
exit 1
