kubectl patch validatingadmissionpolicybinding harbour-team --type=merge -p '{"spec": {"matchResources": {"namespaceSelector":
  {"matchLabels": null, "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["lab-24-access", "default"]}]}}}}'
while kubectl create deployment try -n default --image=busybox:1.35 --dry-run=server >/dev/null 2>&1; do sleep 0.2; done
