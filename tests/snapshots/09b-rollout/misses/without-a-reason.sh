# Choices without a reason.
sed -i '/^\[single-server\]\|^\[small-team\]\|^\[prototype\]/,/^$/ s/choice = ""/choice = "compose"/' answers.toml
sed -i 's/choice = ""/choice = "kubernetes"/' answers.toml
