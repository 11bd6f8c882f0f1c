secure=$(slipway cluster status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["https"])')
shown() { openssl s_client -connect localhost:$secure -servername harbour.example.com </dev/null 2>/dev/null; }
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout other.key -out other.crt -subj /CN=port.example.com -addext subjectAltName=DNS:port.example.com 2>/dev/null
kubectl delete secret harbour-tls
kubectl create secret tls harbour-tls --cert=other.crt --key=other.key
for try in $(seq 40); do shown | grep --quiet "CN *= *port" && exit; sleep 0.3; done
exit 1
