kubectl create configmap board-config --from-literal=hours=06:00-20:00 --from-literal=notice.txt='Harbour open'
kubectl apply -f board.yaml
kubectl patch deployment board --type=json --patch '[{"op": "replace", "path": "/spec/template/spec/containers/0/env/0",
  "value": {"name": "HOURS", "valueFrom": {"configMapKeyRef": {"name": "board-config", "key": "HOURS"}}}}]'
until kubectl get pods -l app=board | grep -q CreateContainerConfigError; do sleep 0.3; done
