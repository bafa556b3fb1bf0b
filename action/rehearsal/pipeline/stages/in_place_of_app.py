"""Parts of programs for the app's Python in its container: look at the app as its process does.

`docker exec` has neither what an entrypoint exports nor the user and folder that it changes to. The
process of the app has all of them, and a program of the same user can read them.
"""

# Python 3.8 or newer. It sets `command`, the words of the app's process, empty if none is found.
IN_PLACE_OF_APP = r"""
import glob, json, os, re, signal, sys
sys.dont_write_bytecode = True
PROGRAM = rb"(?:\S*/)?(?:python|gunicorn|uvicorn|uwsgi|daphne|hypercorn|granian|waitress)"
def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20)
    except OSError:
        return b""
def app_process():
    for number in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
        folder = "/proc/%d/" % number
        command = read(folder + "cmdline")
        if (re.match(PROGRAM, command) and b"supervisord" not in command
                and number != os.getpid()
                # With the host's processes in view only this shows which are the container's.
                and read(folder + "cgroup") == read("/proc/self/cgroup")):
            return folder, command.replace(b"\0", b" ").decode(errors="replace")
    return "", ""
def status(field):
    found = re.search(rb"^%s:(.*)$" % field, read(folder + "status"), re.MULTILINE)
    return [int(number) for number in found[1].split()]
folder, command = app_process()
if folder:
    try:
        user, group = status(b"Uid")[1], status(b"Gid")[1]
        if user and not os.geteuid():
            os.setgroups(status(b"Groups"))
            os.setgid(group)
            os.setuid(user)
        for pair in read(folder + "environ").split(b"\0"):
            name, equals, value = pair.partition(b"=")
            if equals and re.fullmatch(rb"[A-Za-z_]\w*", name):
                os.environb[name] = value
        os.chdir(os.readlink(folder + "cwd"))
    except (OSError, TypeError):
        pass  # It has ended, or may not be looked at.
"""
# After it: `set_up_django()` raises what prevents that.
SET_UP_DJANGO = r"""
def settings_module():
    given = re.search(r"--settings[= ]([\w.]+)", command)
    if given:
        return given[1]
    if os.environ.get("DJANGO_SETTINGS_MODULE"):
        return os.environ["DJANGO_SETTINGS_MODULE"]
    # What the server loads, like config.wsgi, has the settings of production; manage.py may not.
    modules = [name.replace(".", "/") + ".py" for name in re.findall(r"[A-Za-z_][\w.]*", command)]
    for path in [*modules, "manage.py", *sorted(glob.glob("*/manage.py"))]:
        found = re.search(rb"DJANGO_SETTINGS_MODULE['\"]\]?\s*[,=]\s*['\"]([\w.]+)", read(path))
        if found:
            if path.endswith("manage.py"):
                sys.path.insert(0, os.path.abspath(os.path.dirname(path)))
            return found[1].decode()
    raise LookupError("no file names the module of the settings")
def set_up_django():
    sys.path[:0] = [os.getcwd(), *filter(None, os.environ.get("PYTHONPATH", "").split(":"))]
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module()
    import django
    django.setup()
"""
