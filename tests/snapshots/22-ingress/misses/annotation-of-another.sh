port=$(slipway cluster status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["http"])')
status() { curl --silent --max-time 2 --output /dev/null --write-out '%{http_code}' --header 'Host: harbour.example.com' http://localhost:$port/; }
kubectl annotate ingress harbour ingress.kubernetes.io/force-ssl-redirect- nginx.ingress.kubernetes.io/force-ssl-redirect=true
for try in $(seq 40); do [ "$(status)" = 200 ] && exit; sleep 0.3; done
exit 1
