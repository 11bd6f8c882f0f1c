kubectl rollout undo deployment web --to-revision=3
until kubectl get pods | grep -q Pull; do sleep 0.3; done
kubectl rollout undo deployment web
kubectl rollout undo deployment web
until kubectl get pods | grep -q Pull; do sleep 0.3; done
