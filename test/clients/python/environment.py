"""Makes a Python environment that clients run in, or adds to it what is missing: environment.py FOLDER PACKAGE...

A package is what pip takes for one. Whoever comes while another makes the environment waits for it.
"""
import fcntl
import os
import subprocess
import sys

folder, *packages = sys.argv[1:]
python = os.path.join(folder, 'bin', 'python')
note = os.path.join(folder, 'installed')


def installed():
    try:
        with open(note) as file:
            return file.read().split('\n')
    except FileNotFoundError:
        return []


os.makedirs(os.path.dirname(folder), exist_ok=True)
with open(folder + '.lock', 'w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    missing = [package for package in packages if package not in installed()]
    if not installed():
        subprocess.run(['python3', '-m', 'venv', '--clear', folder], check=True)
    if missing:
        subprocess.run([python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', *missing], check=True)
        with open(note, 'w') as file:
            file.write('\n'.join(sorted({*installed(), *packages} - {''})))
print(python)
