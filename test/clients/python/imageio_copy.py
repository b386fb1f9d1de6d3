"""oVirt's own imageio client copies an image there and back: imageio_copy.py upload|download FILE URL CA [PROXY_URL]."""
import sys

from ovirt_imageio import client

direction, file, url, ca, *proxy = sys.argv[1:]
options = {'proxy_url': proxy[0]} if proxy else {}
if direction == 'upload':
    client.upload(file, url, ca, **options)
else:
    client.download(url, file, ca, fmt='raw', **options)
