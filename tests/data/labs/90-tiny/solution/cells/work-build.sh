docker build --quiet --tag slipway-tiny .
