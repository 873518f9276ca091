"""Scans plugin folders as a straightforward Python program would; prints seconds, one line for each run."""

import json, os, re, sys, time, tomllib

BLOCK = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")


def plugin(folder):
    names = os.listdir(folder)
    scripts = [name for name in names if name.endswith(".py") and not name.startswith((".", "__"))]
    with open(os.path.join(folder, scripts[0]), encoding="utf-8") as file:
        block = BLOCK.search(file.read())
    content = "".join(line[2:] if line.startswith("# ") else line[1:] for line in block["content"].splitlines(True))
    table = tomllib.loads(content)
    state = None
    if ".install_state.json" in names:
        with open(os.path.join(folder, ".install_state.json"), encoding="utf-8") as file:
            state = json.load(file)
    return os.path.splitext(scripts[0])[0], table, state


def scan(root):
    return [plugin(entry.path) for entry in os.scandir(root) if entry.is_dir()]


for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    plugins = scan(sys.argv[1])
    print(time.perf_counter() - start)
    del plugins
