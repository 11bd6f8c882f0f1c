# Lent to pip, and copied along with everything else.
sed -i 's/^COPY app.py .$/COPY . ./' Dockerfile
docker build --quiet --secret id=netrc,src=netrc --tag harbour-api:1 .
