docker build --quiet --tag quay-api:1 api
docker build --quiet --tag quay-board:1 board
