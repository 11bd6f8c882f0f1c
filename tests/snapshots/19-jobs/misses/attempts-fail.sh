kubectl create -f - <<'YAML'
apiVersion: batch/v1
kind: Job
metadata: {name: count}
spec:
  backoffLimit: 3
  completions: 5
  parallelism: 2
  completionMode: Indexed
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 1
      containers:
        - {name: count, image: "busybox:1.35", command: [sh, -c, "conut 5"]}
YAML
until kubectl get pods -l job-name=count -o jsonpath='{.items[*].status.phase}' | grep -q Failed; do sleep 0.3; done
