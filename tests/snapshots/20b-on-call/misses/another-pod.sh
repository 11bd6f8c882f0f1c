# Someone gives the Service the Pod that it asks for.
bash night.sh
kubectl create configmap page -n tides --from-literal=index.html='tides: open'
kubectl run stand-in -n tides --labels=app=tide --image=python:3.11-slim --overrides='{"spec": {"terminationGracePeriodSeconds": 1,
  "containers": [{"name": "stand-in", "image": "python:3.11-slim", "command": ["python3", "-m", "http.server", "8080", "--directory", "/page"],
  "volumeMounts": [{"name": "page", "mountPath": "/page"}]}], "volumes": [{"name": "page", "configMap": {"name": "page"}}]}}'
kubectl wait --for=condition=Ready pod/stand-in -n tides --timeout=60s
