# One stage only.
cat > board/Dockerfile <<'END_OF_FILE'
FROM golang:1.24
WORKDIR /src
COPY go.mod main.go ./
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /board .
USER 1000:1000
END_OF_FILE
sed -i 's|^    build: board$|&\n    entrypoint: ["/board"]|' compose.yaml
docker compose up -d --build --wait
