set -x
kubectl exec deployment/harbour -- timeout 1 python3 -c "import urllib.request; urllib.request.urlopen('http://localhost:8000/hang')" || true
{ set +x; } 2>/dev/null
until kubectl get pods -l app=harbour -o jsonpath='{.items[*].status.containerStatuses[0].lastState.terminated.message}' | grep -q hung; do sleep 0.5; done
set -x
kubectl wait --for=condition=Ready pod -l app=harbour --timeout=60s
