# Another right way: a virtual environment made in a stage of its own and copied, every file of the application named, no
# .dockerignore, a base by another name, a user of its own, and answers in words.
python3 season.py
docker build --quiet --file slow.Dockerfile --tag harbour-greeting:slow . > /dev/null
cat > answers.toml <<'END'
[makes_a_layer]
CMD = "no"
STOPSIGNAL = "no"
EXPOSE = false
RUN = "yes"
COPY = true
WORKDIR = "Yes"
END
cat > recipe <<'END'
FROM docker.io/library/python:3.11-slim AS tools
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/
RUN /opt/venv/bin/pip install --no-cache-dir --requirement /tmp/requirements.txt gunicorn
FROM docker.io/library/python:3.11-slim
RUN useradd --create-home keeper
ENV PATH=/opt/venv/bin:$PATH
COPY --from=tools /opt/venv /opt/venv
COPY --chown=keeper waves.csv app.py /app/
USER keeper
ENTRYPOINT ["gunicorn", "--chdir", "/app", "app:app"]
CMD ["--bind", "0.0.0.0:5000"]
END
docker build --quiet --file recipe --tag harbour-greeting:before .
sed -i.bak 's/metres the water/metres the sea/' app.py
docker build --quiet --file recipe --tag harbour-greeting:after --tag harbour-greeting:clean .
docker create --name harbour-greeting --publish 127.0.0.1:8002:5000 --init harbour-greeting:clean
docker start harbour-greeting
until curl --silent http://127.0.0.1:8002/; do sleep 0.1; done
