# The large answer to every question.
sed -i 's/choice = ""/choice = "kubernetes"/; s/reason = ""/reason = "a cluster can do all of this"/' answers.toml
