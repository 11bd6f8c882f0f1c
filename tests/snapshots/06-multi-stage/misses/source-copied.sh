# The folder of the builder copied instead of the program: its source comes along.
sed -i 's|-o /tide-clock|-o /src/tide-clock|; s|^COPY --from=builder /tide-clock.*|COPY --from=builder /src /|' Dockerfile
docker build --quiet --tag tide-clock:small .
