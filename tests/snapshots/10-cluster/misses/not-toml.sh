sed -i 's/^state_kept_in = .*/state_kept_in = etcd/' answers.toml
