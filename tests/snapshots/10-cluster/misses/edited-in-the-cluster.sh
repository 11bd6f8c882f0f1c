kubectl apply -f notice.yaml
kubectl patch configmap notice --type=merge --patch '{"data": {"text": "Harbour open"}}'
