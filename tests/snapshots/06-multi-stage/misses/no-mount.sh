# The compiler's cache removed instead of kept: a small layer, and the next build begins at the start.
sed -i 's|^RUN --mount=.*|RUN true \&\& \\|; s|-o /tide-clock|& . \&\& rm -r /root/.cache/go-build #|' Dockerfile
docker build --quiet --target builder --tag tide-clock:builder .
