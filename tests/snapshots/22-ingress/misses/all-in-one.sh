kubectl delete ingress rest
kubectl patch ingress harbour --type=json -p '[{"op": "add", "path": "/spec/defaultBackend", "value": {"service": {"name": "lost", "port": {"number": 80}}}},
  {"op": "add", "path": "/spec/rules/-", "value": {"host": "quay.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "quay", "port": {"number": 80}}}}]}}}]'
port=$(slipway cluster status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["http"])')
status() { curl --silent --max-time 2 --output /dev/null --write-out '%{http_code}' --header 'Host: quay.example.com' http://localhost:$port/; }
for try in $(seq 40); do [ "$(status)" = 301 ] && exit; sleep 0.3; done
exit 1
