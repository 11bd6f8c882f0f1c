# Another right way: JSON and kubectl's own commands, the namespaces named on the command line, other amounts in other
# units, the budget in the short words, the resources set on the Deployment's Pods by a patch, a request with curl's cousin.
kubectl create namespace development
kubectl -n development create deployment web --image=busybox:1.35 -- sh -c 'mkdir /www; echo "<h1>Development</h1>" > /www/index.html; exec httpd -f -p 80 -h /www'
kubectl -n development expose deployment web --port=80
kubectl apply -n lab-16-namespaces -f web.yaml
kubectl -n development rollout status deployment/web --timeout=60s
kubectl rollout status deployment/web --timeout=60s
kubectl -n development run asker --image=busybox:1.35 --restart=Never -- sh -c 'until wget -q -O - http://web.lab-16-namespaces/; do sleep 0.3; done; wget -q -O - http://web.lab-16-namespaces.svc.cluster.local:80/from-development || true'
kubectl -n development wait --for=jsonpath='{.status.phase}'=Succeeded pod/asker --timeout=60s
kubectl -n development delete pod asker
kubectl -n development create quota budget --hard=cpu=0.1,memory=49152Ki,limits.memory=96Mi
kubectl create -f - <<'JSON'
{"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "usual", "namespace": "development"}, "spec": {"limits": [
  {"type": "Pod", "max": {"memory": "1Gi"}},
  {"type": "Container", "defaultRequest": {"cpu": "0.02", "memory": "16384Ki"}, "default": {"memory": "33554432", "cpu": "1"}}]}}
JSON
kubectl -n development delete pod -l app=web --grace-period=1
kubectl -n development scale deployment web --replicas=4
until kubectl -n development get events | grep -q 'exceeded quota'; do sleep 0.3; done
kubectl -n development patch deployment web --patch '{"spec": {"replicas": 2}}'
kubectl -n development rollout status deployment/web --timeout=60s
