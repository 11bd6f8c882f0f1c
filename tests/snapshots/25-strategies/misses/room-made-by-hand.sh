# The sweepers were scaled down to make room.
kubectl create priorityclass harbour-idle --value=-200
kubectl create priorityclass harbour-urgent --value=-100
sed -i 's/^      affinity:/      priorityClassName: harbour-idle\n&/' sweepers.yaml
sed -i 's/^      affinity:/      priorityClassName: harbour-urgent\n&/' rescue.yaml
kubectl apply -f sweepers.yaml
kubectl scale deployment sweepers --replicas=1
kubectl apply -f rescue.yaml
kubectl rollout status deployment sweepers --timeout=60s
kubectl rollout status deployment rescue --timeout=60s
