# Another right way: kubectl's own commands and patches, requests that follow from limits, amounts in other units, the
# metrics in another order, a load that is not called rush, and whoever wants may scale to two by hand first.
kubectl apply -f desk.yaml
kubectl patch deployment desk --type=json --patch '[{"op": "add", "path": "/spec/template/spec/containers/0/resources", "value":
  {"requests": {"cpu": "0.02"}, "limits": {"memory": "16384Ki"}}}]'
kubectl create -f - <<'JSON'
{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "desk"}, "spec": {
  "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "desk"}, "maxReplicas": 3, "metrics": [
    {"type": "Resource", "resource": {"name": "memory", "target": {"type": "Utilization", "averageUtilization": 80}}},
    {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}],
  "behavior": {"scaleDown": {"stabilizationWindowSeconds": 15, "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}]}}}}
JSON
kubectl rollout status deployment/desk --timeout=60s
kubectl run ferry --image=busybox:1.35 --restart=Never -- sh -c 'while sleep 0.1; do wget -q -O /dev/null http://desk/cgi-bin/ask; done'
until kubectl get events | grep -q 'above target'; do sleep 1; done
kubectl delete pod ferry --grace-period=1
until kubectl get events | grep -q 'New size: 1'; do sleep 1; done
kubectl wait deployment/desk --for=jsonpath='{.status.replicas}'=1 --timeout=60s
