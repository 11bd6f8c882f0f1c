# Another right way: a small base with a shell, a named user of its own, the certificates' folder as a whole, a Go cache at
# another place, the program made by `go install` with the network code of Go chosen by a tag, a heredoc, a name for the base.
docker build --quiet --file single.Dockerfile --tag tide-clock:single .
cat > Dockerfile <<'END'
ARG GO=1.24
FROM docker.io/library/golang:${GO} AS builder
ENV GOBIN=/out GOCACHE=/cache/build
COPY . /work
WORKDIR /work
RUN --mount=target=/cache,type=cache,id=tide-clock <<STEP
CGO_ENABLED=0 go install -tags netgo -ldflags=-w .
STEP
RUN mkdir -p /root/etc/ssl && cp -rL /etc/ssl/certs /root/etc/ssl/certs
FROM busybox:1.35 AS ship
RUN echo 'keeper:x:7000:7000::/:' >> /etc/passwd
COPY --from=builder --chown=root /root/etc/ssl /etc/ssl
COPY --from=builder /out/* /usr/bin/
USER keeper
CMD ["tide-clock"]
END
docker build --quiet --tag tide-clock:small .
docker build --quiet --target builder --tag tide-clock:builder .
docker create --name tide-clock --publish 127.0.0.1:8006:8000 tide-clock:small
docker start tide-clock
until curl --silent http://127.0.0.1:8006/roots; do sleep 0.1; done
