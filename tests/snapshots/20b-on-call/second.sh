# Another right way: files and new objects instead of patches, two replicas, a delay instead of a startupProbe; the node is started first, and
# by Slipway's own command.
bash night.sh
slipway cluster up
kubectl uncordon "$(kubectl get configmap night -o jsonpath='{.data.node}')"
sed -i 's/cpu: 200/cpu: 0.2/' night/berths.yaml
kubectl replace --force -n berths -f night/berths.yaml
sed -i 's/3.11-slin/3.11-slim/; s/replicas: 1/replicas: 2/' night/cranes.yaml
kubectl apply -n cranes -f night/cranes.yaml
kubectl create configmap roster -n tugs --from-literal=crews=4 --dry-run=client -o yaml | kubectl replace -f -
kubectl delete pod -n tugs -l app=tugs
kubectl delete service tides -n tides
kubectl expose deployment tides -n tides --port=80 --target-port=8000
# The probe waits until the start is over,.
kubectl patch deployment ferry -n ferry --patch '{"spec": {"template": {"spec": {"containers": [{"name": "ferry", "livenessProbe": {
  "httpGet": {"path": "/live", "port": 8000}, "initialDelaySeconds": 10, "periodSeconds": 2, "failureThreshold": 2}}]}}}}'
for place in berths cranes tugs tides ferry; do kubectl rollout status deployment "$place" -n "$place" --timeout=90s; done
kubectl rollout status statefulset lamp -n lamp --timeout=90s
