# "Each instruction makes a layer", as many texts have it.
docker build --quiet --file slow.Dockerfile --tag harbour-greeting:slow .
sed -i 's/= false/= true/' answers.toml
