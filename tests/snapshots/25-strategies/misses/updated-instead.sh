# The new version for all.
kubectl apply -f board.yaml -f ferries.yaml
kubectl set env deployment/ferries VERSION=1.1
kubectl rollout status deployment ferries --timeout=60s
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
until [ "$(kubectl get pods -l app=ferries --no-headers | wc -l)" = 4 ]; do sleep 0.3; done
