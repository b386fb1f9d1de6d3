"""Puts oVirt's Python SDK 3.6, made for Python 2, into a folder so that Python 3 can run it: prepare.py FOLDER.

Only what Python 3 spells otherwise is changed in it, by the rules below.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..'))
from old_package import apply, prepare

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


prepare(
    sys.argv[1],
    'ovirt-engine-sdk-python',
    VERSION,
    ['ovirtsdk'],
    lambda folder: apply(folder, lambda path: BYTES.get(os.path.relpath(path, 'ovirtsdk'), []) + RULES),
)
