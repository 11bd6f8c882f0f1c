kubectl patch deployment board -p '{"spec": {"template": {"metadata": {"labels": {"team": "quay"}}}}}'
kubectl rollout status deployment/board --timeout=60s
kubectl patch validatingadmissionpolicy harbour-team --type=merge -p '{"spec": {"validations": [{"expression": "'\''team'\'' in object.spec.template.metadata.labels"}]}}'
deployment() { printf '{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "try"}, "spec": {"selector": {"matchLabels": {"app": "try"}}, "template": {"metadata": {"labels": {"app": "try", "team": "quay"}}, "spec": {"containers": [{"name": "main", "image": "busybox:1.35"}]}}}}'; }
until deployment | kubectl create --dry-run=server -f - >/dev/null 2>&1; do sleep 0.2; done
