sed -i 's/^runtime = .*/runtime = "docker"/' answers.toml
