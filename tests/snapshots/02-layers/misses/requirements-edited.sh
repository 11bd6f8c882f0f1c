# Together with app.py somebody has tidied up requirements.txt: another file, although pip installs the same.
echo '# what the greeting needs' >> requirements.txt
python3 edit.py
docker build --quiet --tag harbour-greeting:after .
