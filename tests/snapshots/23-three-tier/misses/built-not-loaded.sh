docker build --quiet --tag harbour-backend:1 backend
docker build --quiet --tag harbour-frontend:1 frontend
