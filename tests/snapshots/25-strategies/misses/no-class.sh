# The classes exist, and no Pod has one.
kubectl create priorityclass harbour-idle --value=-200
kubectl create priorityclass harbour-urgent --value=-100
kubectl apply -f sweepers.yaml -f rescue.yaml
kubectl rollout status deployment sweepers --timeout=60s
