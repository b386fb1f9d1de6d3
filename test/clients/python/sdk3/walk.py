"""Reads what version 3 shows, from its root along all links, and holds every document to the schema: walk.py URL USER PASSWORD_FILE CA_FILE."""
import base64
import http.client
import ssl
import sys
from collections import Counter
from io import BytesIO

from lxml import etree

url, user, password_file, ca_file = sys.argv[1:5]
with open(password_file) as file:
    credentials = base64.b64encode(f'{user}:{file.read().strip()}'.encode()).decode()
origin, root = url[: url.index('/', 8)], url[url.index('/', 8) :]
context = ssl.create_default_context(cafile=ca_file)
MAX_DOCUMENTS = 700
# Members of one collection that are walked into: others of its kind look alike.
MAX_MEMBERS = 2


connection = http.client.HTTPSConnection(origin[len('https://') :], context=context, timeout=30)
session = {'Authorization': f'Basic {credentials}'}


def get(place):
    global session
    connection.request('GET', place, headers={**session, 'Prefer': 'persistent-auth', 'Accept': 'application/xml', 'Version': '3'})
    answer = connection.getresponse()
    cookie = answer.headers.get('Set-Cookie')
    if cookie is not None:
        session = {'Cookie': cookie.split(';')[0]}
    return answer.status, answer.read()


schema = etree.XMLSchema(etree.parse(BytesIO(get(f'{root}?schema')[1])))
waiting, parents, statuses, problems, tags = [root], {root: root}, Counter(), [], set()
while waiting and len(parents) <= MAX_DOCUMENTS:
    place = waiting.pop(0)
    status, body = get(place)
    statuses[status] += 1
    # Of what happened to something that has gone meanwhile; and permissions on instance types call them templates.
    if status == 404 and any(f'/{kind}/' in parents[place] for kind in ('events', 'jobs', 'permissions')):
        continue
    if status not in (200, 501):
        problems.append(f'{place} from {parents[place]}: {status} {body[:200]}')
    if not body.startswith(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'):
        problems.append(f'{place}: does not begin as a document')
        continue
    document = etree.parse(BytesIO(body))
    if not schema.validate(document):
        problems.append(f'{place}: {schema.error_log.last_error.message} (line {schema.error_log.last_error.line})')
    if status != 200:
        continue
    tags.update(element.tag for element in document.iter())
    top = document.getroot()
    members = [child for child in top if child.tag not in ('link', 'actions') and child.get('href') and child.get('id')]
    walked = {}
    for member in members:
        walked.setdefault(member.tag, []).append(member)
    places = [link.get('href') for link in top.findall('link')]
    places += [member.get('href') for list_ in walked.values() for member in list_[:MAX_MEMBERS]]
    for href in places:
        if '?' in href or href in parents:
            continue
        if not href.startswith(root):
            problems.append(f'{place}: leads to {href}')
            continue
        parents[href] = place
        waiting.append(href)

print(f'{sum(statuses.values())} documents: {dict(statuses)}, {len(tags)} names of elements', flush=True)
for problem in problems[:60]:
    print(problem)
assert sum(statuses.values()) > 150 and statuses[200] > 120, statuses
assert not problems, f'{len(problems)} problems'
print('ok everything')
