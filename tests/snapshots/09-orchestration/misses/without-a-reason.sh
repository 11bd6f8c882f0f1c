# Choices without a reason.
sed -i 's/^reason = .*/reason = ""/' answers.toml
