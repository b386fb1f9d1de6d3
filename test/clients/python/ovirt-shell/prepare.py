"""Puts oVirt's command line of 2016 (ovirt-shell 3.6), made for Python 2, into a folder so that Python 3 can run it: prepare.py FOLDER.

What Python 3 spells otherwise is changed in it: by fissix (the successor of 2to3), and by the rules below where libraries have changed. It needs the
SDK of the same version (../sdk3/prepare.py) beside it.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..'))
from old_package import apply, prepare

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


def introduce(name, folder):
    """The shell asks for the versions of what is installed."""
    about = os.path.join(folder, f'{name.replace("-", "_")}.egg-info')
    os.makedirs(about, exist_ok=True)
    with open(os.path.join(about, 'PKG-INFO'), 'w') as file:
        file.write(f'Metadata-Version: 1.0\nName: {name}\nVersion: {VERSION}\n')


def edit(folder):
    subprocess.run([sys.executable, '-W', 'ignore', '-m', 'fissix', '--write', '--nobackups', '--no-diffs', folder], check=True, capture_output=True)
    apply(folder, lambda path: RULES)
    for name in ('ovirt-shell', 'ovirt-engine-sdk-python'):
        introduce(name, folder)


prepare(sys.argv[1], 'ovirt-shell', VERSION, ['cli', 'ovirtcli'], edit)
