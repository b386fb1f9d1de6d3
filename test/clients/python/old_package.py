"""Puts a package of oVirt's that was made for Python 2 into a folder so that Python 3 can run it.

The package is PyPI's; it is changed by what the caller gives. Nothing of it is kept in the repository.
"""
import fcntl
import glob
import os
import re
import subprocess
import sys
import tarfile
import tempfile


def prepare(folder, name, version, modules, edit):
    """Fetches the source of `name` once, copies its `modules` into the folder and has them edited. Two at once wait for one another."""
    note = os.path.join(folder, 'version')
    os.makedirs(folder, exist_ok=True)
    with open(folder + '.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(note):
            return
        with tempfile.TemporaryDirectory() as downloads:
            pip = [sys.executable, '-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps', '--no-binary', ':all:']
            subprocess.run([*pip, '--dest', downloads, f'{name}=={version}'], check=True)
            [package] = glob.glob(os.path.join(downloads, '*.tar.gz'))
            with tarfile.open(package) as content:
                content.extractall(downloads)
            for module in modules:
                [source] = glob.glob(os.path.join(downloads, '*', 'src', module))
                subprocess.run(['cp', '-r', source, folder], check=True)
        edit(folder)
        with open(note, 'w') as file:
            file.write(version)


def apply(folder, rules_of):
    """Changes every file of Python in the folder by the pairs of expression and replacement that `rules_of` gives for its path."""
    for path in glob.glob(os.path.join(folder, '**', '*.py'), recursive=True):
        with open(path, encoding='utf-8') as file:
            text = file.read()
        for pattern, replacement in rules_of(os.path.relpath(path, folder)):
            text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
