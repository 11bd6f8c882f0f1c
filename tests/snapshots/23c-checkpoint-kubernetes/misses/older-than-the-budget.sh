kubectl delete quota quay
kubectl patch deployment board --type=json -p '[{"op": "remove", "path": "/spec/template/spec/containers/0/resources"}]'
kubectl rollout status deployment/board --timeout=120s
until [ "$(kubectl get pods -l app=board -o name | wc -l)" = 2 ]; do sleep 0.5; done
kubectl apply -f manifests/budget.yaml
