kubectl patch validatingadmissionpolicy harbour-team --type=merge -p '{"spec": {"validations": [{"expression": "has(object.metadata.labels) && '\''team'\'' in object.metadata.labels && object.metadata.labels.team == '\''quay'\''"}]}}'
tugs() { kubectl create deployment try --image=busybox:1.35 --dry-run=client -o yaml | kubectl label --local -f - team=tugs -o yaml; }
while tugs | kubectl create --dry-run=server -f - >/dev/null 2>&1; do sleep 0.2; done
