# docker history shows 0B for WORKDIR, so it is taken for one that makes no layer.
docker build --quiet --file slow.Dockerfile --tag harbour-greeting:slow .
sed -i 's/^WORKDIR = true/WORKDIR = "no"/' answers.toml
