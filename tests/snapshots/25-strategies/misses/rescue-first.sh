# The rescue had its berth before the sweepers came.
kubectl create priorityclass harbour-idle --value=-200
kubectl create priorityclass harbour-urgent --value=-100
sed -i 's/^      affinity:/      priorityClassName: harbour-idle\n&/' sweepers.yaml
sed -i 's/^      affinity:/      priorityClassName: harbour-urgent\n&/' rescue.yaml
kubectl apply -f rescue.yaml
kubectl rollout status deployment rescue --timeout=60s
kubectl apply -f sweepers.yaml
kubectl wait --for=jsonpath='{.status.readyReplicas}'=1 deployment/sweepers --timeout=60s
