# Nobody has found the plug yet.
bash on.sh north kill
