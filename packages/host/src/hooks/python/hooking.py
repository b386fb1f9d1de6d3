"""What hooks written in Python import: their document, their JSON, their end.

The names are those of oVirt's module of this name, so that hooks made for it run here.
"""

import json
import os
import subprocess
import sys
from xml.dom import minidom

__all__ = [
    "dump_vm_launch_flags_to_file",
    "execCmd",
    "exit_hook",
    "load_vm_launch_flags_from_file",
    "log",
    "read_domxml",
    "read_json",
    "tobool",
    "write_domxml",
    "write_json",
]


def read_domxml():
    """The document that the hook may change, as a minidom document."""
    with open(os.environ["_hook_domxml"], "rb") as source:
        return minidom.parseString(source.read())


def write_domxml(domxml):
    """Puts a changed document in the place of the one that was read."""
    content = domxml.toxml(encoding="utf-8")
    with open(os.environ["_hook_domxml"], "wb") as target:
        target.write(content)


def read_json():
    """The value that the hook may change."""
    with open(os.environ["_hook_json"], encoding="utf-8") as source:
        return json.load(source)


def write_json(data):
    """Puts a changed value in the place of the one that was read."""
    content = json.dumps(data)
    with open(os.environ["_hook_json"], "w", encoding="utf-8") as target:
        target.write(content)


def log(message):
    """Writes a line into the log of the host agent."""
    print(message, file=sys.stderr, flush=True)


def exit_hook(message, return_code=2):
    """Ends the hook as failed; 2 keeps those behind it from running, 1 does not."""
    log(message)
    sys.exit(return_code)


def tobool(value):
    """Whether a text means true: "true" in any case, or a number that is not 0."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text == "true":
        return True
    try:
        return int(text) != 0
    except ValueError:
        return False


def _launch_flags_file(vm_id):
    return os.path.join(os.environ["_hook_run"], vm_id, "launchflags")


def load_vm_launch_flags_from_file(vm_id):
    """The flags with which libvirt is going to start the VM; 0 when nobody said any."""
    try:
        with open(_launch_flags_file(vm_id), encoding="ascii") as source:
            return int(source.readline())
    except FileNotFoundError:
        return 0


def dump_vm_launch_flags_to_file(vm_id, flags):
    """Changes the flags with which libvirt is going to start the VM."""
    path = _launch_flags_file(vm_id)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(path, "w", encoding="ascii") as target:
        target.write(str(int(flags)))


def execCmd(
    command,
    sudo=False,
    cwd=None,
    data=None,
    raw=False,
    printable=None,
    env=None,
    nice=None,
    ioclass=None,
    ioclassdata=None,
    setsid=False,
    execCmdLogger=None,
    resetCpuAffinity=True,
):
    """Runs a program, never through a shell; gives (exit code, output, errors).

    Output is bytes with ``raw``, else a list of lines as bytes. Hooks run as root here, so
    ``sudo`` changes nothing; ``nice`` and ``ioclass`` are put before the command.
    """
    prefix = []
    if nice is not None:
        prefix += ["nice", "-n", str(nice)]
    if ioclass is not None:
        prefix += ["ionice", "-c", str(ioclass)]
        prefix += [] if ioclassdata is None else ["-n", str(ioclassdata)]
    done = subprocess.run(
        prefix + [str(part) for part in command],
        cwd=cwd,
        env=env,
        input=data.encode() if isinstance(data, str) else data,
        stdin=subprocess.DEVNULL if data is None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=setsid,
        check=False,
    )
    if raw:
        return done.returncode, done.stdout, done.stderr
    return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()
