set -x
kubectl scale deployment/web -n development --replicas=5
kubectl wait -n development deployment/web --for=condition=ReplicaFailure --timeout=30s
kubectl get events -n development --field-selector reason=FailedCreate -o custom-columns=WHO:.involvedObject.name,MESSAGE:.message | tail -1
kubectl scale deployment/web -n development --replicas=2
kubectl rollout status deployment/web -n development --timeout=60s
