"""Takes 10 MiB of memory at a time and says how much it holds. Harmless: at 400 MiB it ends by itself."""

STEP, END = 10, 400  # MiB

held = []
while len(held) * STEP < END:
    held.append(b"x" * (STEP * 1024 * 1024))
    print(f"I hold {len(held) * STEP} MiB.", flush=True)
print("Nobody has stopped me.")
