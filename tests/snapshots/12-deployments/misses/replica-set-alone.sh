sed 's/kind: Deployment/kind: ReplicaSet/; s/app: harbour/app: web/; s/replicas: 1/replicas: 3/; /strategy:/,/progressDeadline/d' web.yaml > set.yaml
rm web.yaml
kubectl apply -f set.yaml
until kubectl get replicaset web -o jsonpath='{.status.readyReplicas}' | grep -q 3; do sleep 0.3; done
