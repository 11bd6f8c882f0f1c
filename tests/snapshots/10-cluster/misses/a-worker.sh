node=$(kubectl get nodes -l '!node-role.kubernetes.io/control-plane' -o jsonpath='{.items[0].metadata.name}')
sed -i "s/^api_server_node = .*/api_server_node = \"$node\"/" answers.toml
