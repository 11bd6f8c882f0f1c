# Another right way: everything by commands and JSON, the Services before the Pods, other selectors, several ports, the port by
# its number, a counter closed by a process that stops answering.
kubectl create service clusterip office --tcp=80:8080
kubectl set selector service office app=harbour,part=office
kubectl create -f - <<'JSON'
{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "gate", "labels": {"for": "guests"}},
 "spec": {"type": "NodePort", "selector": {"part": "office"},
  "ports": [{"name": "web", "port": 8000, "targetPort": 8080, "nodePort": 30013},
            {"name": "other", "port": 8001, "targetPort": "http"}]}}
JSON
kubectl apply -f harbour.yaml
kubectl expose deployment office --name=quay --type=LoadBalancer --port=80 --target-port=http
kubectl rollout status deployment/office --timeout=60s
kubectl wait pod/visitor --for=condition=Ready --timeout=60s
kubectl patch service quay --subresource=status --type=json \
  -p '[{"op": "add", "path": "/status/loadBalancer/ingress", "value": [{"ip": "203.0.113.13", "ipMode": "VIP"}]}]'
pod=$(kubectl get pods -l part=office -o jsonpath='{.items[2].metadata.name}')
kubectl exec "$pod" -- mv /www/open /www/lunch
kubectl wait pod "$pod" --for=condition=Ready=false --timeout=20s
