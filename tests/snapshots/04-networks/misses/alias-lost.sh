# Taken off the network and connected again, without the alias.
docker network disconnect quay quay-database
docker network connect quay quay-database
