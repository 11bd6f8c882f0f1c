sed -i 's/^api_version.*/api_version = "1.4/' answers.toml
