"""Puts oVirt's command line of 2016 (ovirt-shell 3.6), made for Python 2, into a folder so that Python 3 can run it: prepare.py FOLDER.

The package is PyPI's. What Python 3 spells otherwise is changed in it: by fissix (the successor of 2to3), and by the rules below where libraries
have changed. Nothing of it is kept in the repository. It needs the SDK of the same version (../sdk3/prepare.py) beside it.
"""
import fcntl
import glob
import os
import re
import subprocess
import sys
import tarfile
import tempfile

VERSION = '3.6.9.2'

#: In every file: what the libraries of Python 3 spell otherwise.
RULES = [
    (r'\bfile\((\w+), ', r'open(\1, '),
    (r'inspect\.getargspec', 'inspect.getfullargspec'),
    (r"'keywords'\)", "'varkw')"),
    (r'\bfunc_name\b', '__name__'),
    (r'\batexit\._exithandlers\b', '[]'),
    # Flags of a part of an expression stand at its beginning.
    (r"\(\?s\)(.*)'''", r"(?s:\1)'''"),
    # Versions were tuples of texts.
    (r'pkg_resources\.parse_version\(', "(lambda text: tuple(part.zfill(8) for part in text.split('.')))("),
    # Whole numbers stay whole.
    (r'termwidth / 2 - \(len\(text\) / 2\)', 'termwidth // 2 - len(text) // 2'),
    (r'borderoffset / 2 - \(\(len\(header\) / 2\)\)', 'borderoffset // 2 - len(header) // 2'),
    # Text is text already.
    (r'text\.encode\(encoding, "replace"\)', 'text'),
    (r"(?<!codecs\.)\bgetwriter\('utf8'\)\((\S+)\)$", r'\1'),
    (r'codecs\.getwriter\("utf8"\)\((.*)\)$', r'\1'),
]


def edit(folder):
    subprocess.run([sys.executable, '-W', 'ignore', '-m', 'fissix', '--write', '--nobackups', '--no-diffs', folder], check=True, capture_output=True)
    for path in glob.glob(os.path.join(folder, '**', '*.py'), recursive=True):
        with open(path, encoding='utf-8') as file:
            text = file.read()
        for pattern, replacement in RULES:
            text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)


def fetch(name, folder, packages):
    with tempfile.TemporaryDirectory() as downloads:
        pip = [sys.executable, '-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps', '--no-binary', ':all:']
        subprocess.run([*pip, '--dest', downloads, f'{name}=={VERSION}'], check=True)
        [package] = glob.glob(os.path.join(downloads, '*.tar.gz'))
        with tarfile.open(package) as content:
            content.extractall(downloads)
        for wanted in packages:
            [source] = glob.glob(os.path.join(downloads, '*', 'src', wanted))
            subprocess.run(['cp', '-r', source, folder], check=True)


def introduce(name, folder):
    """The shell asks for the versions of what is installed."""
    about = os.path.join(folder, f'{name.replace("-", "_")}.egg-info')
    os.makedirs(about, exist_ok=True)
    with open(os.path.join(about, 'PKG-INFO'), 'w') as file:
        file.write(f'Metadata-Version: 1.0\nName: {name}\nVersion: {VERSION}\n')


folder = sys.argv[1]
note = os.path.join(folder, 'version')
os.makedirs(folder, exist_ok=True)
with open(folder + '.lock', 'w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not os.path.exists(note):
        fetch('ovirt-shell', folder, ['cli', 'ovirtcli'])
        edit(folder)
        for name in ('ovirt-shell', 'ovirt-engine-sdk-python'):
            introduce(name, folder)
        with open(note, 'w') as file:
            file.write(VERSION)
