docker build --quiet --tag slipway-tiny:1 .
