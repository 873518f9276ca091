# Acts of plugin code. Where an act works, its effect shows from outside: `file` (the folder `folder` changed), `net`
# (somebody came to the server at `tcp` or `udp`), `inside` (the code came to its end), `end` (the process ended early).
# An event after that is one that CPython raises and the policy knows and lets pass.

#: # Files, by opening
#: `open` for writing · file
open(new, "w").close()

#: `open` for appending · file
open(victim, "a").write("more")

#: `open` of a new file (`x`) · file
open(new, "x").close()

#: `open` for updating (`r+`) · file
open(victim, "r+").write("X")

#: `open` of a path in bytes · file
open(os.fsencode(new), "w").close()

#: `open` of a relative path · file
os.chdir(folder)
open("new.txt", "w").close()

#: `open` with an opener · file
open(home + "/own.txt", "w", opener=lambda path, flags: os.open(new, flags)).close()

#: `io.FileIO` · file
import io
io.FileIO(new, "w").close()

#: `os.open` for writing · file
os.close(os.open(new, os.O_WRONLY | os.O_CREAT))

#: `os.open` of a path in bytes · file
os.close(os.open(os.fsencode(new), os.O_WRONLY | os.O_CREAT))

#: `os.open` of a path in a bytearray · file
import warnings
warnings.simplefilter("ignore")
try:
    os.close(os.open(bytearray(os.fsencode(new)), os.O_WRONLY | os.O_CREAT))
except TypeError:
    absent()

#: `os.open` of a relative path · file
os.chdir(folder)
os.close(os.open("new.txt", os.O_WRONLY | os.O_CREAT))

#: `os.open` with `dir_fd` · file
at = os.open(folder, os.O_RDONLY)
os.close(os.open("new.txt", os.O_WRONLY | os.O_CREAT, dir_fd=at))

#: `os.open` with an index object as `dir_fd` · file
class Folder:
    def __index__(self): return at
at = os.open(folder, os.O_RDONLY)
os.close(os.open("new.txt", os.O_WRONLY | os.O_CREAT, dir_fd=Folder()))

#: `os.open` that only empties (`O_RDONLY | O_TRUNC`) · file
os.close(os.open(victim, os.O_RDONLY | os.O_TRUNC))

#: `os.open` of a nameless file that gets a name (`O_TMPFILE`) · file
fd = os.open(folder, os.O_WRONLY | os.O_TMPFILE)
os.link(f"/proc/self/fd/{fd}", new, follow_symlinks=True)

#: opening through `/proc/self/fd` · file
fd = os.open(victim, os.O_RDONLY)
open(f"/proc/self/fd/{fd}", "r+").write("X")

#: opening `/proc/self/mem` for writing · inside
open("/proc/self/mem", "r+b").close()

#: through a symbolic link of its own · file
os.symlink(new, home + "/link")
open(home + "/link", "w").close()

#: through a hard link of its own · file
os.link(victim, home + "/link")
open(home + "/link", "a").write("more")

#: `pathlib.Path.write_text` · file
import pathlib
pathlib.Path(new).write_text("X")

#: `pathlib.Path.touch` · file
import pathlib
pathlib.Path(victim).touch()

#: `logging.FileHandler` · file
import logging
logging.FileHandler(new)

#: `gzip.open` · file
import gzip
gzip.open(new, "wb").close()

#: `bz2.open` · file
import bz2
bz2.open(new, "wb").close()

#: `lzma.open` · file
try:
    import lzma
except ImportError:
    absent()
lzma.open(new, "wb").close()

#: `zipfile.ZipFile` · file
import zipfile
zipfile.ZipFile(new, "w").close()

#: `tarfile.open` · file
import tarfile
tarfile.open(new, "w").close()

#: a key log of `ssl` · file
import ssl
ssl.create_default_context().keylog_filename = new

#: `cProfile` · file
import cProfile
cProfile.run("1", new)

#: `shelve.open` · file
import shelve
shelve.open(new, "n").close()

#: `sqlite3.connect` · file
import sqlite3
sqlite3.connect(new).execute("create table t (x)")

#: `sqlite3.connect` by a URI · file
import sqlite3
sqlite3.connect(f"file:{new}?mode=rwc", uri=True).execute("create table t (x)")

#: `tempfile.mkstemp` outside · file
import tempfile
tempfile.mkstemp(dir=folder)

#: `tempfile.mkdtemp` outside · file
import tempfile
tempfile.mkdtemp(dir=folder)

#: reading a file outside · inside
open(victim).read()

#: reading a file outside by `os.open` · inside
os.read(os.open(victim, os.O_RDONLY), 1)

#: # Files, by other acts
#: `os.rename` to outside · file
open(home + "/own.txt", "w").close()
os.rename(home + "/own.txt", new)

#: `os.rename` from outside · file
os.rename(victim, home + "/taken.txt")

#: `os.replace` · file
open(home + "/own.txt", "w").close()
os.replace(home + "/own.txt", victim)

#: `os.link` · file
open(home + "/own.txt", "w").close()
os.link(home + "/own.txt", new)

#: `os.symlink` · file
os.symlink("anything", new)

#: `os.mkdir` · file
os.mkdir(new)

#: `os.mkdir` with `dir_fd` · file
os.mkdir("new", dir_fd=os.open(folder, os.O_RDONLY))

#: `os.rmdir` · file
os.rmdir(folder + "/victim_dir")

#: `os.remove` · file
os.remove(victim)

#: `os.unlink` with `dir_fd` · file
os.unlink("victim.txt", dir_fd=os.open(folder, os.O_RDONLY))

#: `os.truncate` · file
os.truncate(victim, 0)

#: `os.truncate` of a descriptor · file
os.truncate(os.open(victim, os.O_RDWR), 0)

#: `os.chmod` · file
os.chmod(victim, 0o600)

#: `os.fchmod` · file
os.fchmod(os.open(victim, os.O_RDONLY), 0o600)

#: `os.chown` · inside
os.chown(victim, os.getuid(), os.getgid())

#: `os.utime` · file
os.utime(victim, (1, 1))

#: `os.utime` of a descriptor · file
os.utime(os.open(victim, os.O_RDONLY), (1, 1))

#: `os.setxattr` · inside
try:
    os.setxattr(victim, "user.x", b"1")
except OSError as error:
    if isinstance(error, PermissionError) and "plugin" in str(error).lower(): raise
    absent()

#: `shutil.copyfile` · file
import shutil
open(home + "/own.txt", "w").close()
shutil.copyfile(home + "/own.txt", new)

#: `shutil.move` · file
import shutil
open(home + "/own.txt", "w").close()
shutil.move(home + "/own.txt", new)

#: `shutil.copytree` · file
import shutil
os.mkdir(home + "/tree")
shutil.copytree(home + "/tree", new)

#: `shutil.rmtree` · file
import shutil
shutil.rmtree(folder + "/victim_dir")

#: `os.listdir` · inside
os.listdir(folder)

#: `os.scandir` · inside
list(os.scandir(folder))

#: `os.walk` · inside
if not list(os.walk(folder)): raise PermissionError

#: `glob.glob` · inside
import glob
if not glob.glob(folder + "/*"): raise PermissionError

#: `os.chdir` · inside
os.chdir(folder)

#: `os.mkfifo` · file
os.mkfifo(new)

#: `os.mkfifo` with `dir_fd` · file
os.mkfifo("new", dir_fd=os.open(folder, os.O_RDONLY))

#: `os.mknod` · file
import stat
os.mknod(new, stat.S_IFREG | 0o600)

#: `os.chroot` · inside
os.chroot(folder)

#: # Processes
#: `subprocess.Popen` · file
import subprocess
subprocess.run(["/bin/sh", "-c", f"echo hi > '{new}'"])

#: `os.system` · file
os.system(f"echo hi > '{new}'")

#: `os.popen` · file
os.popen(f"echo hi > '{new}'").close()

#: `os.posix_spawn` · file
os.waitpid(os.posix_spawn("/bin/sh", ["sh", "-c", f"echo hi > '{new}'"], {}), 0)

#: `os.spawnv` · file
os.spawnv(os.P_WAIT, "/bin/sh", ["sh", "-c", f"echo hi > '{new}'"])

#: `os.fork`, and writing in the child · file
child = os.fork()
if child == 0:
    try:
        open(new, "w")
    except PermissionError:
        os._exit(13)
    os._exit(0)
if os.waitpid(child, 0)[1]: raise PermissionError

#: `os.fork` and `os.execv` · file
child = os.fork()
if child == 0:
    try:
        os.execv("/bin/sh", ["sh", "-c", f"echo hi > '{new}'"])
    finally:
        os._exit(0)
os.waitpid(child, 0)

#: `os.execv` · end
os.execv("/bin/true", ["true"])

#: `os.forkpty` · inside
child, fd = os.forkpty()
if child == 0: os._exit(0)
os.waitpid(child, 0)

#: `pty.spawn` · file
import pty
pty.spawn(["/bin/sh", "-c", f"echo hi > '{new}'"])

#: `_posixsubprocess.fork_exec` · file
import _posixsubprocess, inspect, subprocess
r, w = os.pipe()
args = [[b"/bin/sh", b"-c", b"echo hi > '" + os.fsencode(new) + b"'"], [b"/bin/sh"], True, (w,), None, None, -1, -1, -1, -1, -1, -1, r, w, False, False]
if sys.version_info >= (3, 11): args.append(-1)
args += [None, None, None, -1]
if sys.version_info < (3, 14): args.append(None)
if (3, 11) <= sys.version_info < (3, 14): args.append(False)
os.waitpid(_posixsubprocess.fork_exec(*args), 0)

#: `multiprocessing` by `fork` · inside
import multiprocessing
p = multiprocessing.get_context("fork").Process(target=print)
p.start()
p.join()

#: `multiprocessing` by `spawn` · file
import multiprocessing, multiprocessing.spawn, multiprocessing.util
multiprocessing.spawn.set_executable("/bin/sh")
multiprocessing.util._args_from_interpreter_flags = lambda: ["-c", f"echo hi > '{new}'"]
p = multiprocessing.get_context("spawn").Process(target=int)
try:
    p.start()
    p.join()
except BrokenPipeError:
    pass
import time
time.sleep(0.1)

#: `multiprocessing` by `forkserver` · file
import multiprocessing.forkserver, multiprocessing.spawn, multiprocessing.util, tempfile
tempfile.tempdir = home
multiprocessing.spawn.set_executable("/bin/sh")
multiprocessing.util._args_from_interpreter_flags = lambda: ["-c", f"echo hi > '{new}'"]
multiprocessing.forkserver.ensure_running()
import time
time.sleep(0.1)

#: `webbrowser.open` · file
import webbrowser
webbrowser.register("x", None, webbrowser.GenericBrowser(["/bin/sh", "-c", f"echo hi > '{new}'; : %s"]), preferred=True)
webbrowser.open("http://127.0.0.1/")

#: `os.kill` · inside
import signal
os.kill(os.getpid(), signal.SIGURG)

#: `os.killpg` · inside
os.killpg(os.getpgrp(), 0)

#: `signal.pthread_kill` · inside
import signal, threading
signal.pthread_kill(threading.get_ident(), 0)

#: `signal.raise_signal` · inside
import signal
signal.raise_signal(signal.SIGURG)

#: `os._exit` · end
os._exit(3)

#: `os.abort` · end
os.abort()

#: # Network
#: `socket.connect` · net
import socket
socket.socket().connect(("127.0.0.1", tcp))

#: `socket.connect_ex` · net
import socket
socket.socket().connect_ex(("127.0.0.1", tcp))

#: `socket.create_connection` · net
import socket
socket.create_connection(("127.0.0.1", tcp))

#: `socket.sendto` · net
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", udp))

#: `socket.sendmsg` · net
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, ("127.0.0.1", udp))

#: `socket.bind` · inside
import socket
socket.socket().bind(("127.0.0.1", 0))

#: `socket.socket` · inside
import socket
socket.socket()

#: `socket.getaddrinfo` · inside
import socket
socket.getaddrinfo("127.0.0.1", 80)

#: `socket.gethostbyname` · inside
import socket
socket.gethostbyname("127.0.0.1")

#: `socket.gethostname` · inside · socket.gethostname
import socket
socket.gethostname()

#: `urllib.request.urlopen` · net
import urllib.request
try:
    urllib.request.urlopen(f"http://127.0.0.1:{tcp}/", timeout=0.05)
except TimeoutError:
    pass

#: `http.client` · net
import http.client
http.client.HTTPConnection("127.0.0.1", tcp).request("GET", "/")

#: `asyncio.open_connection` · net
import asyncio
asyncio.run(asyncio.open_connection("127.0.0.1", tcp))

#: `smtplib` · net
import smtplib
try:
    smtplib.SMTP("127.0.0.1", tcp, timeout=0.05)
except TimeoutError:
    pass

#: `syslog.syslog` · inside · syslog.openlog
import syslog
syslog.openlog("acts")

#: # Native code and memory
#: `ctypes.CDLL` · inside
import ctypes
ctypes.CDLL("libc.so.6")

#: a function found by `ctypes` (`dlsym`) · inside
import ctypes
ctypes.CDLL(None).getpid

#: a file removed by a function of `ctypes` · file
import ctypes
ctypes.CDLL(None).unlink(os.fsencode(victim))

#: `ctypes.string_at` · inside
import ctypes
ctypes.string_at(id("x"), 1)

#: `ctypes.addressof` · inside · ctypes.addressof
#< import ctypes
import ctypes
ctypes.addressof(ctypes.c_int())

#: memory written by `ctypes.memmove` · inside
#< import ctypes
import ctypes
ctypes.memmove(ctypes.create_string_buffer(1), b"x", 1)

#: an extension module of its own folder · inside
import importlib.util, math, shutil
file = home + "/orca_plugins/acts/" + os.path.basename(math.__file__)
shutil.copyfile(math.__file__, file)
spec = importlib.util.spec_from_file_location("math", file)
importlib.util.module_from_spec(spec)

#: an extension module from elsewhere · inside
import importlib.util, math, shutil
file = home + "/" + os.path.basename(math.__file__)
shutil.copyfile(math.__file__, file)
spec = importlib.util.spec_from_file_location("math", file)
importlib.util.module_from_spec(spec)

#: `_imp.create_dynamic` of one from elsewhere · inside
import _imp, importlib.util, math, shutil
file = home + "/" + os.path.basename(math.__file__)
shutil.copyfile(math.__file__, file)
_imp.create_dynamic(importlib.util.spec_from_file_location("math", file))

#: `mmap.mmap` · inside
import mmap
mmap.mmap(-1, 4096)

#: `os.memfd_create` · inside
os.close(os.memfd_create("x"))

#: shared memory, by what `multiprocessing.shared_memory` uses · inside
import _posixshmem
os.close(_posixshmem.shm_open("/matriline-acts", os.O_CREAT | os.O_RDWR, 0o600))
_posixshmem.shm_unlink("/matriline-acts")

#: # Code and introspection
#: `types.CodeType` · inside
(lambda: 0).__code__.replace(co_name="x")

#: `function.__code__` set · inside · object.__setattr__
def f(): pass
f.__code__ = (lambda: 0).__code__

#: `marshal.loads` · inside · marshal.loads
import marshal
marshal.loads(marshal.dumps(1))

#: `pickle.loads` of a class · inside · pickle.find_class
import collections, pickle
pickle.loads(pickle.dumps(collections.OrderedDict))

#: `compile` and `exec` · inside · exec
exec(compile("1", "fake.py", "exec"))

#: `sys._getframe` · inside · sys._getframe
sys._getframe()

#: `sys._current_frames` · inside
sys._current_frames()

#: `gc.get_objects` · inside
import gc
gc.get_objects()

#: `gc.get_referrers` · inside
import gc
gc.get_referrers(1)

#: `sys.settrace` · inside
sys.settrace(lambda *_: None)
sys.settrace(None)

#: `sys.setprofile` · inside
sys.setprofile(lambda *_: None)
sys.setprofile(None)

#: `threading.settrace_all_threads` · inside
import threading
if not hasattr(threading, "settrace_all_threads"): absent()
threading.settrace_all_threads(lambda *_: None)

#: `sys.addaudithook` · inside
# Python hides the refusal.
heard = []
sys.addaudithook(lambda *_: heard.append(1))
sys.audit("anything")
if not heard: raise PermissionError

#: an interpreter of its own · inside
import glob, importlib.util, math, re
file, = [f for f in glob.glob(os.path.dirname(math.__file__) + "/*.so") if re.search("/(_xxsub|_)interpreters[.]", f)]
spec = importlib.util.spec_from_file_location(os.path.basename(file).split(".")[0], file)
interpreters = importlib.util.module_from_spec(spec)
spec.loader.exec_module(interpreters)
interpreters.destroy(interpreters.create())

#: a thread · inside
import threading
t = threading.Thread(target=int)
t.start()
t.join()

#: `_thread.start_new_thread` · inside
import _thread
_thread.start_new_thread(int, ())

#: # What the process shares
#: `os.putenv` · inside
os.environ["MATRILINE_X"] = "1"

#: `os.unsetenv` · inside
del os.environ["TMPDIR"]

#: `os.umask` · inside
os.umask(0o22)

#: `resource.setrlimit` · inside
import resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

#: `fcntl.flock` · inside · fcntl.flock
import fcntl
fcntl.flock(os.open(home, os.O_RDONLY), fcntl.LOCK_SH)

#: `signal.signal` · inside
import signal
signal.signal(signal.SIGUSR2, signal.SIG_IGN)

#: `signal.alarm` · inside
import signal
signal.alarm(0)

#: `signal.setitimer` · inside
import signal
signal.setitimer(signal.ITIMER_REAL, 0)

#: `os.setuid` · inside
os.setuid(os.getuid())

#: `os.setgid` · inside
os.setgid(os.getgid())

#: `os.nice` · inside
os.nice(0)

#: `atexit.register` · inside
import atexit
atexit.register(int)

#: `sys.excepthook` replaced · inside
sys.excepthook = print

#: a function of `builtins` replaced · inside
import builtins
builtins.acts_were_here = 1

#: a module of `sys.modules` replaced · inside
sys.modules["acts_were_here"] = sys

#: `faulthandler` to a file · inside
import faulthandler
faulthandler.enable(open(home + "/own.txt", "w"))
faulthandler.disable()

#: `object.__subclasses__` · inside
object.__subclasses__()

#: # Without an `open`
#: SQLite, `ATTACH` · file
import sqlite3
db = sqlite3.connect(":memory:")
db.execute("attach ? as x", (new,))
db.execute("create table x.t (y)")
db.commit()

#: SQLite, `VACUUM INTO` · file
import sqlite3
sqlite3.connect(":memory:").execute("vacuum into ?", (new,))

#: `readline.write_history_file` · file
try:
    import readline
except ImportError:
    absent()
readline.add_history("x")
readline.write_history_file(new)

#: `readline.append_history_file` · file
try:
    import readline
except ImportError:
    absent()
readline.add_history("x")
readline.append_history_file(1, victim)

#: `os.sendfile` into a file that was opened · inside
with open(home + "/own.txt", "wb") as out:
    os.sendfile(out.fileno(), os.open(__import__("math").__file__, os.O_RDONLY), 0, 1)

#: `os.copy_file_range` into a file that was opened · inside
with open(home + "/own.txt", "wb") as out:
    os.copy_file_range(os.open(__import__("math").__file__, os.O_RDONLY), out.fileno(), 1)

#: `os.stat` outside · inside
os.stat(victim)

#: `os.access` outside · inside
os.access(victim, os.R_OK)

#: `os.readlink` outside · inside
os.readlink("/proc/self/exe")

#: `ssl` certificates read from outside · inside
import ssl
try:
    ssl.create_default_context().load_verify_locations(victim)
except ssl.SSLError:
    pass
