# No networks declared: all three are on the default one.
sed -i '/networks: \[/d; /^networks:/,/^$/d' compose.yaml
docker compose up -d --wait
