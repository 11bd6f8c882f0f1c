sed -i 's/^placed_by = .*/placed_by = "kubelet"/' answers.toml
