"""Puts oVirt's Python SDK 3.6, made for Python 2, into a folder so that Python 3 can run it: prepare.py FOLDER.

The package is PyPI's; only what Python 3 spells otherwise is changed in it, by the rules below. Nothing of it is kept in the repository.
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

#: What is spelled otherwise in every file.
RULES = [
    (r'except (\([^)]*\)|[\w.]+), (\w+):', r'except \1 as \2:'),
    (r'\basync\b', 'async_'),
    (r'\.iteritems\(\)', '.items()'),
    (r'\bimport (?:cStringIO|StringIO)\b', 'import io'),
    (r'\bcStringIO\.StringIO\b', 'io.BytesIO'),
    (r'\bStringIO\.StringIO\b', 'io.StringIO'),
    (r'\.encode\(ExternalEncoding\)', ''),
    (r'^(\s*)print (?!\()(.*)$', r'\1print(\2)'),
    (r"\bis not (-?\d+|'[^']*')", r'!= \1'),
    (r"\bis (-?\d+|'[^']*')", r'== \1'),
    (r'^import thread$', 'import _thread as thread'),
    (r'^import urlparse$', 'import urllib.parse as urlparse'),
]
#: What is text in Python 3 and bytes on the wire: file -> rules.
BYTES = {
    'infrastructure/connectionspool.py': [
        (r'headers_buffer\.getvalue\(\)', "headers_buffer.getvalue().decode('iso-8859-1')"),
        (r'RequestError\(response_code, response_reason, response_body\)', "RequestError(response_code, response_reason, response_body.decode('utf-8'))"),
    ],
    'infrastructure/errors.py': [(r'parseString\(response_body,', "parseString(response_body.encode('utf-8'),")],
    'infrastructure/proxy.py': [(r"obj is not ''", "obj != b''")],
    'xml/params.py': [(r'\bStringIO\(inString\)', 'io.BytesIO(inString)'), (r'from StringIO import StringIO', 'import io')],
}


def edit(folder):
    for path in glob.glob(os.path.join(folder, 'ovirtsdk', '**', '*.py'), recursive=True):
        with open(path, encoding='utf-8') as file:
            text = file.read()
        for pattern, replacement in BYTES.get(os.path.relpath(path, os.path.join(folder, 'ovirtsdk')), []) + RULES:
            text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)


folder = sys.argv[1]
note = os.path.join(folder, 'version')
os.makedirs(folder, exist_ok=True)
with open(folder + '.lock', 'w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not os.path.exists(note):
        with tempfile.TemporaryDirectory() as downloads:
            pip = [sys.executable, '-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps', '--no-binary', ':all:']
            subprocess.run([*pip, '--dest', downloads, f'ovirt-engine-sdk-python=={VERSION}'], check=True)
            [package] = glob.glob(os.path.join(downloads, '*.tar.gz'))
            with tarfile.open(package) as content:
                content.extractall(downloads)
            [source] = glob.glob(os.path.join(downloads, '*', 'src', 'ovirtsdk'))
            subprocess.run(['cp', '-r', source, folder], check=True)
        edit(folder)
        with open(note, 'w') as file:
            file.write(VERSION)
