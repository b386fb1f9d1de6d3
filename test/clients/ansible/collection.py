"""Puts oVirt's Ansible collection into a folder: collection.py FOLDER. It prints which ansible-core that collection was tried with.

PyPI has the collection inside the package `ansible`, with a hundred others; only ovirt.ovirt of it is unpacked.
"""
import fcntl
import glob
import os
import subprocess
import sys
import tempfile
import zipfile

folder = sys.argv[1]
note = os.path.join(folder, 'ansible-core')
os.makedirs(folder, exist_ok=True)
with open(folder + '.lock', 'w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not os.path.exists(note):
        with tempfile.TemporaryDirectory() as downloads:
            pip = [sys.executable, '-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps', '--only-binary', ':all:']
            subprocess.run([*pip, '--dest', downloads, 'ansible'], check=True)
            [wheel] = glob.glob(os.path.join(downloads, '*.whl'))
            with zipfile.ZipFile(wheel) as content:
                names = content.namelist()
                content.extractall(folder, [name for name in names if name.startswith('ansible_collections/ovirt/ovirt/')])
                [metadata] = [name for name in names if name.endswith('.dist-info/METADATA')]
                lines = content.read(metadata).decode().splitlines()
        [core] = [line.split(':', 1)[1].strip() for line in lines if line.startswith('Requires-Dist: ansible-core')]
        with open(note, 'w') as file:
            file.write(core)
    with open(note) as file:
        print(file.read())
