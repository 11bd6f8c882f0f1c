kubectl rollout restart deployment/backend
kubectl rollout status deployment/backend --timeout=120s
for try in $(seq 60); do [ "$(kubectl get pods -l app=backend -o name | wc -l)" = 3 ] && break; sleep 0.5; done
kubectl exec deployment/backend -- kill 1 || kubectl exec deployment/backend -- python -c 'import os; os.kill(1, 15)'
until kubectl get pods -l app=backend -o jsonpath='{.items[*].status.containerStatuses[0].restartCount}' | grep -q '[1-9]'; do sleep 0.5; done
kubectl rollout status deployment/backend --timeout=120s
