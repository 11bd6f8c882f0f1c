# How a colleague builds the greeting. It works.
FROM python:3.11-slim
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
EXPOSE 5000
STOPSIGNAL SIGINT
CMD ["python", "app.py"]
