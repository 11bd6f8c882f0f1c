set -x
docker build --quiet --build-arg VERSION=2 --tag harbour-backend:2 backend
slipway cluster load harbour-backend:2
kubectl apply -f manifests/visitor.yaml
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
for try in $(seq 60); do kubectl logs visitor --tail=3 | grep -q 'ok 1' && break; sleep 0.5; done
kubectl set image deployment/backend backend=harbour-backend:2
