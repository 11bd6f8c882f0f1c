# Built with a tag of its own: my-python-app without a tag means my-python-app:latest.
printf 'FROM python:3.11-slim\nWORKDIR /app\nCMD ["python", "app.py"]\n' | docker build --quiet -t my-python-app:v1 -
