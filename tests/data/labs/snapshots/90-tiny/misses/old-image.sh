echo "<p>changed, and afloat</p>" > page/index.html
docker build --quiet --tag slipway-tiny .
