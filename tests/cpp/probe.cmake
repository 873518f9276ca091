# Puts plugins of every kind through `mini-slicer probe`: none of them ends the run.
cmake_minimum_required(VERSION 3.22)

file(REMOVE_RECURSE "${FOLDER}")
file(MAKE_DIRECTORY "${FOLDER}")

set(head [[
# /// script
# [tool.orcaslicer.plugin]
# name = "Probed"
# version = "1.2.3"
# ///
import orca, os, sys, threading, time
]])

# A plugin in a file of its own, whose script runs this; `before` stands before its classes.
function(script name before body)
    file(WRITE "${FOLDER}/${name}.py" "${head}${before}
class Run(orca.script.ScriptPluginCapabilityBase):
    def get_name(self): return 'run'
    def execute(self):
        ${body}
        return orca.ExecutionResult.success('ran')
Base = (orca.slicing.SlicingPipelineCapabilityBase if hasattr(orca, 'slicing')
        else orca.gcode.GCodePluginCapabilityBase)
class Edit(Base):
    def get_name(self): return 'edit'
    def execute(self, ctx):
        open(ctx.gcode_path, 'a').write('; edited')
        return orca.ExecutionResult.success('edited')
@orca.plugin
class Package(orca.base):
    def register_capabilities(self):
        orca.register_capability(Run)
        orca.register_capability(Edit)
")
endfunction()

# Runs `mini-slicer probe` with these arguments, and leaves the document in `document`.
macro(probe)
    execute_process(
        COMMAND "${SLICER}" probe ${ARGN}
        WORKING_DIRECTORY "${FOLDER}" RESULT_VARIABLE status OUTPUT_VARIABLE document ERROR_VARIABLE stderr)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "`probe ${ARGN}` has status ${status}: ${stderr}")
    endif()
    string(JSON count LENGTH "${document}" plugins)
endmacro()

# Fails unless the value at a place of the document, below `plugins`, is that.
function(is expected)
    string(JSON found ERROR_VARIABLE problem GET "${document}" plugins ${ARGN})
    if(NOT found STREQUAL expected)
        message(FATAL_ERROR "`${ARGN}` is `${found}` (${problem}), not `${expected}`:\n${document}")
    endif()
endfunction()

# Fails unless it holds that.
function(holds part)
    string(JSON found ERROR_VARIABLE problem GET "${document}" plugins ${ARGN})
    string(FIND "${found}" "${part}" at)
    if(at EQUAL -1)
        message(FATAL_ERROR "`${ARGN}` is `${found}` (${problem}), without `${part}`:\n${document}")
    endif()
endfunction()

# the system ends a plugin that crashes, also where a sanitizer would
set(ENV{ASAN_OPTIONS} "$ENV{ASAN_OPTIONS}:handle_segv=0")

script(sound "" "print('hello')")
script(raises "raise RuntimeError('broken \"at\" import')" "pass")
script(needs "import a_module_that_nobody_has" "pass")
script(exits "os._exit(3)" "pass")
script(exits_later "" "os._exit(4)")
script(crashes "" "import ctypes; ctypes.string_at(0)")
script(hangs "" "while True: pass")
script(waits "time.sleep(600)" "pass")
script(raises_later "" "1 / 0")
file(WRITE "${FOLDER}/broken-1.0.0-py3-none-any.whl" "no archive")
file(WRITE "${FOLDER}/nothing_in_it.py" "")
file(COPY "${FIXTURES}/good" "${FIXTURES}/stamps" DESTINATION "${FOLDER}/several")
file(MAKE_DIRECTORY "${FOLDER}/empty")
file(WRITE "${FOLDER}/in.gcode" "G1 X1\n")

# --- everything at once: nothing ends the run

probe(sound.py raises.py needs.py exits.py exits_later.py crashes.py hangs.py waits.py raises_later.py
      broken-1.0.0-py3-none-any.whl nothing_in_it.py several empty nowhere.py
      --run --gcode in.gcode --time-limit 4 --format json)
if(NOT count EQUAL 15)
    message(FATAL_ERROR "There are ${count} entries:\n${document}")
endif()

is("${FOLDER}/sound.py" 0 path)
is(loaded 0 outcome)
is(ON 0 loaded)
is("" 0 error)
is(sound 0 plugin_key)
is(Probed 0 name)
is(1.2.3 0 version)
is(script 0 capabilities 0 type)
is(edit 0 capabilities 1 name)
is(Success 0 runs 0 status)
is(ran 0 runs 0 message)
is(slicing-pipeline 0 runs 1 type)
is(ON 0 runs 1 is_changed)
is(14 0 runs 1 bytes_after)
holds(hello 0 output)

is(failed 1 outcome)
is(OFF 1 loaded)
holds("`RuntimeError`" 1 error message)
holds([[broken "at" import]] 1 error traceback)
is(12 1 error code)
holds("a_module_that_nobody_has" 2 error message)

is(exited 3 outcome)
is("The process was ended with status 3 while loading" 3 error message)
is(exited 4 outcome)
is(ON 4 loaded)
is("The process was ended with status 4 while running script `run`" 4 error message)
is(edit 4 capabilities 1 name)
is(crashed 5 outcome)
holds("signal 11" 5 error message)
is(timed-out 6 outcome)
is("The time limit ran out while running script `run`" 6 error message)
is(timed-out 7 outcome)
is("The time limit ran out while loading" 7 error message)

is(loaded 8 outcome)
is("Plugin `raises_later` raised `ZeroDivisionError` in `execute` of capability `run`: division by zero" 8 runs 0 error message)
holds("1 / 0" 8 runs 0 error traceback)
is(Success 8 runs 1 status)
holds("no zip archive" 9 error message)
is(failed 10 outcome)
is(good 11 plugin_key)
is(stamps 12 plugin_key)
is("first stamped" 12 runs 0 message)
holds("The folder has no `.py`" 13 error message)
holds("There is nothing at" 14 error message)

# --- windows are shown to nobody, and counted

script(shows "windows = []" "ui = orca.host.ui
        answer = ui.message('Really?', buttons='yes_no')
        windows.append(ui.create_window('<p>', 'Window', on_close=lambda: print('closed by the user')))
        windows[0].post({'answer': answer})
        threading.Thread(target=lambda: ui.message('from a thread')).start()
        print(orca.host.preset_bundle().current_process_preset().name, orca.host.model().object(0).name,
              sorted(orca.host_features()))")
probe(shows.py --run)
is(loaded 0 outcome)
is(message 0 windows 0 kind)
is(yes 0 windows 0 answer)
is(window 0 windows 1 kind)
is(3 0 windows 1 html_bytes)
is(yes 0 windows 2 data answer)
holds("from a thread" 0 windows 3 text)
holds("closed by the user" 0 output)
holds("0.20mm Standard Cube ['dock-panels', 'language', 'local-bundles', 'notifications', 'storage']" 0 output)
probe(shows.py --run --offer spec)
holds("Cube []" 0 output)

# --- plugins that ask what there is find the generation that is offered

script(asks "import sys
try:
    import orca.pages
except ModuleNotFoundError as error:
    print(error)" "names = ['gcode', 'slicing', 'pages', 'visualization', 'LifecycleEvent', 'request_permissions']
        print('finds', *[name for name in names if hasattr(orca, name)],
              *[name for name in ('app_language', 'plugin') if hasattr(orca.host, name)],
              *[name for name in ('create_dock_panel', 'message') if hasattr(orca.host.ui, name)],
              *[name for name in ('save_config', 'on_lifecycle_event') if hasattr(self, name)])")
probe(asks.py --run --offer spec)
holds("No module named 'orca.pages': this application offers an older generation" 0 output)
holds("finds gcode message\n" 0 output)
is(post-processing 0 capabilities 1 type)
probe(asks.py --run --offer newer)
holds("finds gcode slicing request_permissions app_language message save_config\n" 0 output)
probe(asks.py --run --offer newest)
holds("finds gcode slicing pages visualization LifecycleEvent request_permissions app_language plugin create_dock_panel message save_config on_lifecycle_event\n" 0 output)

# --- a model and presets of files

file(WRITE "${FOLDER}/plate.stl" "solid\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 2 0\nendloop\nendfacet\nendsolid\n")
file(WRITE "${FOLDER}/presets/fine.json" [[{"type": "process", "name": "fine", "layer_height": "0.1"}]])
probe(shows.py --run --model plate.stl --presets presets)
holds("fine plate [" 0 output)
file(WRITE "${FOLDER}/broken/fine.json" "{")
execute_process(COMMAND "${SLICER}" probe shows.py --presets broken WORKING_DIRECTORY "${FOLDER}" RESULT_VARIABLE status
                OUTPUT_QUIET ERROR_VARIABLE stderr)
string(FIND "${stderr}" "fine.json` is no JSON" at)
if(NOT status EQUAL 1 OR at EQUAL -1)
    message(FATAL_ERROR "A broken preset has status ${status}: ${stderr}")
endif()

# --- without `--run` nothing is run

probe(sound.py)
is(loaded 0 outcome)
is("[]" 0 runs)

# --- command lines that are not understood

foreach(line IN ITEMS "probe" "probe;sound.py;--format;xml" "probe;sound.py;--time-limit;soon" "probe;sound.py;--offer;all")
    execute_process(COMMAND "${SLICER}" ${line} WORKING_DIRECTORY "${FOLDER}" RESULT_VARIABLE status
                    OUTPUT_QUIET ERROR_VARIABLE stderr)
    if(NOT status EQUAL 2)
        message(FATAL_ERROR "`${line}` has status ${status}: ${stderr}")
    endif()
endforeach()
