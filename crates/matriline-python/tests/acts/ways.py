# Ways to have something done later, elsewhere or by others. Each tries to make the file `new`, outside of all roots.

def write(*_):
    open(new, "w").close()


#: # Threads
#: `threading.Thread` · file
import threading
t = threading.Thread(target=open, args=(new, "w"))
t.start()
t.join()

#: `threading.Thread` of a function of the plugin · file
import threading
t = threading.Thread(target=lambda: open(new, "w"))
t.start()
t.join()

#: `_thread.start_new_thread` · file
import _thread
_thread.start_new_thread(open, (new, "w"))

#: `_thread.start_new_thread` with keywords of the function · file
import _thread
_thread.start_new_thread(open, (new,), {"mode": "w"})

#: `_thread.start_joinable_thread` · file
import _thread
if not hasattr(_thread, "start_joinable_thread"): absent()
_thread.start_joinable_thread(function=lambda: open(new, "w")).join()

#: a starter of a fresh `_thread`, made by `_imp.create_builtin` · file
import _imp, importlib.machinery as m
fresh = _imp.create_builtin(m.ModuleSpec("_thread", m.BuiltinImporter, origin="built-in"))
_imp.exec_builtin(fresh)
fresh.start_new_thread(os.open, (new, os.O_WRONLY | os.O_CREAT))

#: `concurrent.futures.ThreadPoolExecutor` · file
import concurrent.futures
with concurrent.futures.ThreadPoolExecutor(1) as pool:
    pool.submit(open, new, "w").exception()

#: `multiprocessing.pool.ThreadPool` · file
import multiprocessing.pool
with multiprocessing.pool.ThreadPool(1) as pool:
    try:
        pool.apply(open, (new, "w"))
    except PermissionError:
        pass

#: `asyncio.to_thread` · file
import asyncio
async def main():
    try:
        await asyncio.to_thread(open, new, "w")
    except PermissionError:
        pass
asyncio.run(main())

#: `run_in_executor` · file
import asyncio
async def main():
    try:
        await asyncio.get_running_loop().run_in_executor(None, open, new, "w")
    except PermissionError:
        pass
asyncio.run(main())

#: a callback of an event loop · file
import asyncio
async def main():
    asyncio.get_running_loop().call_later(0.01, open, new, "w")
    await asyncio.sleep(0.05)
asyncio.run(main())

#: a thread that a thread starts · file
import threading
def outer():
    threading.Thread(target=os.open, args=(new, os.O_WRONLY | os.O_CREAT)).start()
threading.Thread(target=outer).start()

#: `threading.Timer` · file
import threading
threading.Timer(0.01, open, (new, "w")).start()

#: `exec` of code with a foreign name, in a thread · file
import threading
code = compile("open(new, 'w')", "fake.py", "exec")
threading.Thread(target=exec, args=(code, {"new": new})).start()

#: a native thread · file
import ctypes, time
try:
    create = ctypes.CDLL(None).pthread_create
except AttributeError:
    absent()
answer = []
@ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
def body(_):
    try:
        open(new, "w")
    finally:
        answer.append(1)
    return None
number = ctypes.c_ulong()
create(ctypes.byref(number), None, body, None)
while not answer: time.sleep(0.001)

#: a thread that a native thread starts · file
import ctypes, threading, time
create = ctypes.CDLL(None).pthread_create
answer = []
@ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
def body(_):
    t = threading.Thread(target=os.open, args=(new, os.O_WRONLY | os.O_CREAT))
    t.start()
    t.join()
    answer.append(1)
    return None
number = ctypes.c_ulong()
create(ctypes.byref(number), None, body, None)
while not answer: time.sleep(0.001)

#: # Left behind
#: `__del__`, on a thread of the application · file
class Last:
    def __del__(self):
        open(new, "w")
last = Last()
#> application
del sys.acts["last"]

#: a thread that `__del__` starts, on a thread of the application · file
import threading
class Last:
    def __del__(self):
        threading.Thread(target=os.open, args=(new, os.O_WRONLY | os.O_CREAT)).start()
last = Last()
#> application
del sys.acts["last"]
import time
time.sleep(0.05)

#: a generator that is closed on a thread of the application · file
def generate():
    try:
        yield
    finally:
        open(new, "w")
last = generate()
next(last)
#> application
del sys.acts["last"]

#: a callback of `weakref.ref` · file
import functools, weakref
class Last: pass
last = Last()
reference = weakref.ref(last, lambda _: open(new, "w"))
#> application
del sys.acts["last"]

#: a callback of `weakref.ref` from code with a foreign name · file
import weakref
class Last: pass
last = Last()
names = {"new": new}
exec(compile("def late(_): open(new, 'w')", "fake.py", "exec"), names)
reference = weakref.ref(last, names["late"])
#> application
del sys.acts["last"]

#: a callback of `weakref.proxy` from code with a foreign name · file
import weakref
class Last: pass
last = Last()
names = {"new": new}
exec(compile("def late(_): open(new, 'w')", "fake.py", "exec"), names)
reference = weakref.proxy(last, names["late"])
#> application
del sys.acts["last"]

#: a callback of a subclass of `weakref.ref`, from code with a foreign name · file
import weakref
class Last: pass
class Reference(weakref.ref): pass
last = Last()
names = {"new": new}
exec(compile("def late(_): open(new, 'w')", "fake.py", "exec"), names)
reference = Reference(last, names["late"])
#> application
del sys.acts["last"]

#: `weakref.finalize` · file
import weakref
class Last: pass
last = Last()
weakref.finalize(last, os.open, new, os.O_WRONLY | os.O_CREAT)
#> application
del sys.acts["last"]

#: `atexit` of a function of the plugin · file
import atexit
atexit.register(lambda: open(new, "w"))
#> application
# Python ends: finalize

#: `atexit` without a frame of the plugin · file
import atexit
atexit.register(os.open, new, os.O_WRONLY | os.O_CREAT)
#> application
# Python ends: finalize

#: a signal handler · file
import signal
signal.signal(signal.SIGUSR1, lambda *_: open(new, "w"))
#> application
import signal
signal.raise_signal(signal.SIGUSR1)

#: a signal handler from code with a foreign name · file
import signal
names = {"new": new}
exec(compile("def late(*_): open(new, 'w')", "fake.py", "exec"), names)
signal.signal(signal.SIGUSR1, names["late"])
assert signal.getsignal(signal.SIGUSR1) is names["late"]
#> application
import signal
signal.raise_signal(signal.SIGUSR1)

#: a timer's signal · file
import signal, time
signal.signal(signal.SIGALRM, lambda *_: open(new, "w"))
signal.setitimer(signal.ITIMER_REAL, 0.01)
#> application
import time
time.sleep(0.1)

#: a callback of the garbage collector · file
import gc
gc.callbacks.append(lambda *_: open(new, "w"))
#> application
import gc
gc.collect()

#: an import finder, on a thread of the application · file
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "nothing_of_that_name": open(new, "w")
sys.meta_path.insert(0, Finder())
#> application
import nothing_of_that_name

#: a codec, asked for on a thread of the application · file
import codecs
codecs.register(lambda name: open(new, "w") and None)
#> application
"".encode("no-such-codec")

#: a function of the standard library, replaced · file
import json
json.dumps = lambda *_: open(new, "w")
#> application
import json
json.dumps(1)

#: `threading.settrace`, on a thread of the application · file
import threading
def trace(*_):
    threading.settrace(None)
    open(new, "w")
threading.settrace(trace)
#> application
import threading
t = threading.Thread(target=print)
t.start()
t.join()

#: `threading.excepthook`, on a thread of the application · file
import threading
threading.excepthook = lambda *_: open(new, "w")
#> application
import threading
t = threading.Thread(target=int, args=("x",))
t.start()
t.join()

#: an interpreter of its own · file
import glob, importlib.util, math, re
file, = [f for f in glob.glob(os.path.dirname(math.__file__) + "/*.so") if re.search("/(_xxsub|_)interpreters[.]", f)]
spec = importlib.util.spec_from_file_location(os.path.basename(file).split(".")[0], file)
interpreters = importlib.util.module_from_spec(spec)
spec.loader.exec_module(interpreters)
number = interpreters.create()
interpreters.run_string(number, f"open({new!r}, 'w')")

#: a thread of an interpreter of its own · file
import glob, importlib.util, math, re
file, = [f for f in glob.glob(os.path.dirname(math.__file__) + "/*.so") if re.search("/(_xxsub|_)interpreters[.]", f)]
spec = importlib.util.spec_from_file_location(os.path.basename(file).split(".")[0], file)
interpreters = importlib.util.module_from_spec(spec)
spec.loader.exec_module(interpreters)
number = interpreters.create("legacy") if sys.version_info >= (3, 13) else interpreters.create(isolated=False)
interpreters.run_string(number, f"import threading; t = threading.Thread(target=open, args=({new!r}, 'w')); t.start(); t.join()")

#: # Children
#: `os.fork` · file
child = os.fork()
if child == 0:
    try:
        open(new, "w")
    finally:
        os._exit(0)
os.waitpid(child, 0)

#: a thread in a forked child · file
child = os.fork()
if child == 0:
    import threading
    t = threading.Thread(target=os.open, args=(new, os.O_WRONLY | os.O_CREAT))
    t.start()
    t.join()
    os._exit(0)
os.waitpid(child, 0)

#: `multiprocessing`, forked · file
import multiprocessing
p = multiprocessing.get_context("fork").Process(target=open, args=(new, "w"))
p.start()
p.join()

#: # Around the replaced functions
#: every object that the garbage collector knows, and what those refer to · file
import gc
things = gc.get_objects()
for _ in range(4):
    for thing in things:
        if callable(thing) and getattr(thing, "__name__", "") in ("mkfifo", "mknod"):
            try:
                thing(new)
            except PermissionError:
                pass
    things = list({id(thing): thing for thing in gc.get_referents(*things)}.values())

#: what refers to the function, and what it refers to · file
import gc, posix
assert not hasattr(posix.mkfifo, "__closure__") and not hasattr(posix.mkfifo, "__wrapped__")
assert posix.mkfifo.__self__ is posix
assert all(thing in (posix, None) or isinstance(thing, str) for thing in gc.get_referents(posix.mkfifo))
posix.mkfifo(new)

#: a fresh `posix`, made by `_imp.create_builtin` · file
import _imp, importlib.machinery as m
fresh = _imp.create_builtin(m.ModuleSpec("posix", m.BuiltinImporter, origin="built-in"))
_imp.exec_builtin(fresh)
fresh.mkfifo(new)

#: `posix` imported again · file
del sys.modules["posix"]
import posix
posix.mkfifo(new)

#: `importlib.reload` · file
import importlib, posix
importlib.reload(posix).mkfifo(new)

#: by `pickle` · file
import pickle, posix
pickle.loads(pickle.dumps(posix.mkfifo))(new)

#: by `functools.partial` on a thread · file
import functools, threading
t = threading.Thread(target=functools.partial(os.mkfifo, path=new))
t.start()
t.join()

#: `posix.mkfifo` of an interpreter of its own · file
import glob, importlib.util, math, re
file, = [f for f in glob.glob(os.path.dirname(math.__file__) + "/*.so") if re.search("/(_xxsub|_)interpreters[.]", f)]
spec = importlib.util.spec_from_file_location(os.path.basename(file).split(".")[0], file)
interpreters = importlib.util.module_from_spec(spec)
spec.loader.exec_module(interpreters)
interpreters.run_string(interpreters.create(), f"import posix; posix.mkfifo({new!r})")

#: a path that answers twice · file
class Twice:
    def __init__(self): self.paths = [home + "/own", new]
    def __fspath__(self): return self.paths.pop(0)
os.mkfifo(Twice())
os.mkfifo(new)

#: `os.open` with a folder that answers twice · file
class Twice:
    def __init__(self, *numbers): self.numbers = list(numbers)
    def __index__(self): return self.numbers.pop(0)
inside, outside = os.open(home, os.O_RDONLY), os.open(folder, os.O_RDONLY)
for order in ((inside, outside), (outside, inside), (outside, outside)):
    try:
        os.open("new.txt", os.O_WRONLY | os.O_CREAT, dir_fd=Twice(*order))
    except (PermissionError, IndexError):
        pass

#: the hook's own exceptions, caught for ever · file
for _ in range(100):
    try:
        open(new, "w")
    except PermissionError:
        pass
