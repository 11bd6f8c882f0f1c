kubectl create secret tls other-tls --cert=harbour.crt --key=harbour.key
kubectl patch ingress harbour --type=json -p '[{"op": "replace", "path": "/spec/tls/0/secretName", "value": "other-tls"}]'
