# The rule that made the berths scarce is gone.
kubectl create priorityclass harbour-idle --value=-200
kubectl create priorityclass harbour-urgent --value=-100
sed -i 's/^      affinity:/      priorityClassName: harbour-idle\n&/' sweepers.yaml
sed -i 's/^      affinity:/      priorityClassName: harbour-urgent\n&/' rescue.yaml
sed -i '/^      affinity:/,/berth: taken/d' rescue.yaml sweepers.yaml
kubectl apply -f sweepers.yaml -f rescue.yaml
kubectl rollout status deployment sweepers --timeout=60s
kubectl rollout status deployment rescue --timeout=60s
