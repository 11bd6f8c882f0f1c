# Another right way: commands and JSON; green as a copy by patch, the switch by `kubectl set selector`, other labels and names,
# three replicas of nine, a budget in percent, the control plane excluded by affinity, classes by commands.
kubectl apply -f board.yaml
kubectl create deployment board-green --image=busybox:1.35 --replicas=3 -- sh -c 'mkdir -p /srv/page; echo "green $(hostname)" > /srv/page/index.html; exec httpd -f -p 8080 -h /srv/page'
kubectl patch deployment board-green -p '{"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 1}}}}'
kubectl create -f - <<'JSON'
{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "timetable"},
 "spec": {"minAvailable": "88%", "selector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["ferries", "boats"]}]}}}
JSON
kubectl apply -f ferries.yaml
kubectl scale deployment ferries --replicas=7
kubectl create -f - <<'JSON'
{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "tomorrow"},
 "spec": {"replicas": 2, "selector": {"matchLabels": {"release": "tomorrow"}},
  "template": {"metadata": {"labels": {"app": "ferries", "release": "tomorrow"}},
   "spec": {"terminationGracePeriodSeconds": 1, "containers": [
    {"name": "web", "image": "busybox:1.35", "env": [{"name": "VERSION", "value": "1.1"}], "ports": [{"containerPort": 8080}],
     "command": ["sh", "-c", "mkdir /www && echo \"$VERSION $HOSTNAME\" > /www/index.html && exec httpd -f -p 8080 -h /www"],
     "readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1}}]}}}}
JSON
kubectl rollout status deployment board-blue --timeout=60s
kubectl rollout status deployment board-green --timeout=60s
kubectl wait --for=condition=Ready pod/visitor --timeout=60s
alone() { until [ "$(kubectl logs visitor --tail=3 | grep -c " $1=5$")" = 3 ]; do sleep 0.3; done; }
alone blue
kubectl set selector service board app=board-green
alone green
kubectl set selector service board color=blue
alone blue
cat > night.yaml <<'YAML'
apiVersion: v1
kind: List
items: []
---
{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "sweep"}, "spec": {"schedule": "30 2 * * *", "suspend": false,
 "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "OnFailure", "containers": [{"name": "sweep", "image": "busybox:1.35", "command": ["echo", "swept"]}]}}}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: lantern, labels: {shift: night}}
spec:
  selector: {matchExpressions: [{key: light, operator: Exists}]}
  template:
    metadata: {labels: {app: lantern, light: "on"}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: lantern, image: busybox:1.35, command: [sleep, infinity]}]
YAML
kubectl apply -f night.yaml
kubectl apply -f pilots.yaml
kubectl patch deployment pilots -p '{"spec": {"template": {"spec": {
  "affinity": {"podAffinity": null, "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
    {"matchExpressions": [{"key": "node-role.kubernetes.io/control-plane", "operator": "DoesNotExist"}]}]}}},
  "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["pilots"]}]}}]}}}}'
kubectl create priorityclass harbour-urgent --value=-100 --description="what cannot wait"
kubectl create priorityclass harbour-idle --value=-200
kubectl apply -f sweepers.yaml
kubectl patch deployment sweepers -p '{"spec": {"template": {"spec": {"priorityClassName": "harbour-idle"}}}}'
kubectl rollout status deployment sweepers --timeout=60s
kubectl create --dry-run=client -o json -f rescue.yaml | sed 's/"restartPolicy"/"priorityClassName": "harbour-urgent", &/; s/"containers": \[/"priorityClassName": "harbour-urgent", &/' | kubectl apply -f -
for name in lantern pilots rescue tomorrow ferries; do kubectl rollout status deployment "$name" --timeout=60s; done
kubectl wait pdb timetable --for=jsonpath='{.status.disruptionsAllowed}'=1 --timeout=20s
