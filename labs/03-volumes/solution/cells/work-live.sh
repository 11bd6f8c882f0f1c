# This does the same as changing the greeting in an editor and saving the file.
python3 - <<'END'
from pathlib import Path
file = Path("app.py")
file.write_text(file.read_text().replace("Hello from Docker!", "Welcome to the harbour!"))
END
for try in 1 2 3 4 5; do curl --silent http://localhost:8003/ | grep Welcome && break; sleep 1; done
