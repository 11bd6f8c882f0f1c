# Another right way: no files but JSON and kubectl's own commands, OnFailure where Never is not asked for, names for days,
# a work that was started with one Pod at a time and raised before the first had ended, a run under another name.
kubectl create -f - <<'JSON'
{"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "count"}, "spec": {
  "completions": 5, "parallelism": 1, "completionMode": "Indexed", "backoffLimit": 3, "template": {
    "metadata": {"labels": {"harbour": "count"}}, "spec": {"restartPolicy": "Never", "containers": [
      {"name": "counter", "image": "docker.io/library/busybox:1.35", "args": ["sh", "-c", "sleep 2; echo ship $JOB_COMPLETION_INDEX"]}]}}}}
JSON
kubectl patch job count --type=merge --patch '{"spec": {"parallelism": 2}}'
kubectl create job weigh --image=busybox:1.35 --dry-run=client -o json -- sh -c 'echo "WEIGHT is not set" >&2; exit 4' > weigh.json
kubectl create -f <(python3 -c 'import json; job = json.load(open("weigh.json")); job["spec"]["backoffLimit"] = 1; print(json.dumps(job))')
kubectl create job weigh-again --image=busybox:1.35 -- sh -c 'WEIGHT=5; echo "8240 kg, checked against $WEIGHT kg"'
kubectl create cronjob nightly --image=busybox:1.35 --schedule='00 2 1-31 jan-dec sun-sat' --restart=Never -- echo saved
kubectl patch cronjob nightly --type=json --patch '[
  {"op": "replace", "path": "/spec/concurrencyPolicy", "value": "Forbid"},
  {"op": "replace", "path": "/spec/successfulJobsHistoryLimit", "value": 2},
  {"op": "replace", "path": "/spec/failedJobsHistoryLimit", "value": 3},
  {"op": "add", "path": "/spec/timeZone", "value": "UTC"}]'
kubectl create job tried-out --from=cronjob/nightly
kubectl wait --for=condition=Complete job/count job/weigh-again job/tried-out --timeout=90s
kubectl wait --for=condition=Failed job/weigh --timeout=90s
