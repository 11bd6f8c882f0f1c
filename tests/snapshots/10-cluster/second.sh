# Another right way: server-side apply from standard input, kustomize-like generation left out, answers in other words.
sed 's/Harbour closed/Harbour open/' notice.yaml > new.yaml && mv new.yaml notice.yaml
kubectl apply --server-side --field-manager=me -f notice.yaml
kubectl apply --server-side -f - < beacon.yaml
kubectl wait --for=jsonpath='{.status.phase}'=Running pod/beacon --timeout=60s
kubectl wait --for=condition=Ready pod/beacon --timeout=60s
node=$(kubectl get nodes -l node-role.kubernetes.io/control-plane -o jsonpath='{.items[0].metadata.name}')
cat > answers.toml <<TOML
api_server_node = '$node'
state_kept_in = "ETCD"
runtime = "containerd"
api_address = "$(kubectl get --raw /api/v1/namespaces/default/services/kubernetes | sed 's/.*"clusterIP":"\([^"]*\)".*/\1/')"
placed_by = "kube-scheduler"
started_by = "kubelet, $(kubectl get pod beacon -o jsonpath='{.spec.nodeName}')"
TOML
