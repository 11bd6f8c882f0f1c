# Built again, and the old container still runs.
docker build --quiet --secret id=netrc,src=netrc --label built=again --tag harbour-api:1 .
