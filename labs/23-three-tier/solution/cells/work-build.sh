set -x
docker build --quiet --tag harbour-backend:1 backend
docker build --quiet --tag harbour-frontend:1 frontend
slipway cluster load harbour-backend:1 harbour-frontend:1
