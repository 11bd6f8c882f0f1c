kubectl patch validatingadmissionpolicy harbour-team --type=merge -p '{"spec": {"matchConstraints": {"resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]}}}'
until kubectl create deployment try --image=busybox:1.35 --dry-run=server >/dev/null 2>&1; do sleep 0.2; done
