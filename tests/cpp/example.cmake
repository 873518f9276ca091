# Runs mini-slicer with relative paths, from a folder of its own.
cmake_minimum_required(VERSION 3.22)

# Runs mini-slicer with these arguments, and leaves `status`, `stdout` and `stderr`.
macro(slicer)
    execute_process(
        COMMAND "${SLICER}" ${ARGN}
        WORKING_DIRECTORY "${FOLDER}" RESULT_VARIABLE status OUTPUT_VARIABLE stdout ERROR_VARIABLE stderr)
endmacro()

macro(succeeds)
    slicer(${ARGN})
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "`${ARGN}` fails: ${stderr}")
    endif()
endmacro()

macro(fails expected)
    slicer(${ARGN})
    if(NOT status EQUAL "${expected}")
        message(FATAL_ERROR "`${ARGN}` has status ${status}, not ${expected}: ${stderr}")
    endif()
endmacro()

# Fails unless `text` has `part`.
function(contains text part)
    string(FIND "${text}" "${part}" at)
    if(at EQUAL -1)
        message(FATAL_ERROR "`${part}` is not in: ${text}")
    endif()
endfunction()

function(is_file name expected)
    file(READ "${FOLDER}/${name}" text)
    if(NOT text STREQUAL expected)
        message(FATAL_ERROR "`${name}` is not as expected: ${text}")
    endif()
endfunction()

function(preset name json)
    file(WRITE "${FOLDER}/${name}.json" "${json}")
endfunction()

file(REMOVE_RECURSE "${FOLDER}")
foreach(plugin IN ITEMS stamps good skipped_result)
    file(COPY "${FIXTURES}/${plugin}" DESTINATION "${FOLDER}/data/orca_plugins")
endforeach()
file(WRITE "${FOLDER}/in.gcode" "G1\n")
set(files --data-dir data --gcode in.gcode --output out.gcode)

# --- exports

preset(good [[{"post_process_plugin": ["first", "second"], "plugins": ["stamps;;first", "stamps;;second"]}]])
succeeds(export ${files} --preset good.json)
is_file(out.gcode "G1\n; first\n; second\n")
file(WRITE "${FOLDER}/data/orca_plugins/step/step.py" "# /// script
# [tool.orcaslicer.plugin]
# name = \"step\"
# ///
import orca
class Step(orca.slicing.SlicingPipelineCapabilityBase):
    def get_name(self): return 'step'
    def execute(self, ctx):
        values = [ctx.config_value(key) for key in ('layer_height', 'nozzle', 'none')]
        open(ctx.gcode_path, 'a').write(f'; {ctx.step.name} {values}')
        return orca.ExecutionResult.success()
@orca.plugin
class Package(orca.base):
    def register_capabilities(self): orca.register_capability(Step)
")
preset(sliced [[{"post_process_plugin": ["first"], "slicing_pipeline_plugin": ["step"], "layer_height": "0.2", "plugins": ["stamps;;first", "step;;step"]}]])
preset(printer [[{"nozzle": ["0.4", "0.6"]}]])
succeeds(export ${files} --preset sliced.json --printer-preset printer.json)
is_file(out.gcode "G1\n; first\n; psGCodePostProcess ['0.2', '0.4,0.6', None]")
fails(1 export --data-dir data --gcode none.gcode --output out.gcode --preset good.json)
contains("${stderr}" "none.gcode` does not exist; give another one with `--gcode`")
fails(1 export --data-dir data --gcode in.gcode --output none/out.gcode --preset good.json)
contains("${stderr}" "none` does not exist; create it, or give another file with `--output`")
fails(1 export ${files} --preset nobody.json)
contains("${stderr}" "nobody.json` can't be read")
preset(torn "{\"plugins\": [")
fails(1 export ${files} --preset torn.json)
contains("${stderr}" "torn.json` can't be used: The JSON text is no preset (line 1")

# --- what is missing refuses the export, and says so

file(REMOVE "${FOLDER}/out.gcode")
preset(missing [[{"name": "Fine", "post_process_plugin": ["first", "gone", "shine", "fifth"],
    "plugins": ["stamps;;first", "nobody;;gone", "Cloud;u-u;shine", "stamps;;fifth"]}]])
fails(1 export ${files} --preset missing.json)
contains("${stdout}" "OrcaCloud plugins required by the current preset are not installed:\n- `shine` of plugin `Cloud`")
contains("${stdout}" "Local plugins required by the current preset are missing:\n- `gone` of plugin `nobody`, for `post_process_plugin` of print preset `Fine`")
contains("${stdout}" "it may be outdated:\n- `fifth` of plugin `stamps`")
contains("${stderr}" "mini-slicer: The export is refused")
contains("${stderr}" "`gone` of plugin `nobody`")

preset(unreferenced [[{"post_process_plugin": ["first", "lost"], "plugins": ["stamps;;first"]}]])
fails(1 export ${files} --preset unreferenced.json)
contains("${stdout}" "Values that no entry of `plugins` refers to:\n- `lost`, for `post_process_plugin` of print preset `unreferenced`")

preset(filament [[{"name": "PLA", "post_process_plugin": ["gone"], "plugins": ["nobody;;gone"]}]])
preset(plain [[{"name": "PETG"}]])
succeeds(export ${files} --preset good.json --printer-preset plain.json --filament-preset plain.json)
file(REMOVE "${FOLDER}/out.gcode")
fails(1 export ${files} --preset good.json --filament-preset plain.json --filament-preset filament.json)
contains("${stdout}" "of filament preset `PLA`")
fails(1 export ${files} --preset good.json --printer-preset filament.json)
contains("${stdout}" "of printer preset `PLA`")
if(EXISTS "${FOLDER}/out.gcode")
    message(FATAL_ERROR "A refused export has left an output")
endif()

# --- saving a preset

preset(old [[{"b": 0.20, "a": {"x" : [1 ,2]}, "post_process_plugin": ["first", "edit", "gone", "lost"], "plugins": ["nobody;;gone", "old;;unused"], "é": "\u0041"}]])
succeeds(preset save --data-dir data --preset old.json --output new.json)
contains("${stdout}" "added\tstamps;;first\n")
contains("${stdout}" "added\tgood;;edit\n")
contains("${stdout}" "pruned\told;;unused\n")
contains("${stdout}" "ambiguous\tpost_process_plugin\tedit\tgood;;edit\tthe first by plugin key\n")
contains("${stdout}" "unresolved\tpost_process_plugin\tlost\n")
set(others [[	"b": 0.20,
	"a": {"x" : [1 ,2]},
	"post_process_plugin": ["first", "edit", "gone", "lost"],
	"plugins": [
		"nobody;;gone",
		"stamps;;first",
		"good;;edit"
	],
	"é": "\u0041"]])
is_file(new.json "{\n${others}\n}\n")

preset(chosen [[{"post_process_plugin": ["edit"], "plugins": ["skipped_result;;edit"]}]])
succeeds(preset save --data-dir data --preset chosen.json --type filament)
contains("${stdout}" "ambiguous\tpost_process_plugin\tedit\tskipped_result;;edit\tas the preset had it\n")

# in place, and the same again the second time
succeeds(preset save --data-dir data --preset new.json)
contains("${stdout}" "as the preset had it")
is_file(new.json "{\n${others}\n}\n")

# what cannot be written leaves what was there, and nothing beside it
file(MAKE_DIRECTORY "${FOLDER}/folder/inside")
fails(1 preset save --data-dir data --preset old.json --output folder)
contains("${stderr}" "folder` can't be written")
fails(1 preset save --data-dir data --preset folder)
contains("${stderr}" "folder` can't be read: Is a directory; give another one with `--preset`")
fails(1 preset save --data-dir data --preset torn.json)
is_file(torn.json "{\"plugins\": [")
file(GLOB left "${FOLDER}/*.part" "${FOLDER}/*.tmp")
if(left)
    message(FATAL_ERROR "Files are left behind: ${left}")
endif()

# --- plugins that come and go

set(life --data-dir life)
file(MAKE_DIRECTORY "${FOLDER}/life")
fails(1 install nothing.py ${life})
contains("${stderr}" "mini-slicer: Plugin package inspection failed: ")
foreach(command IN ITEMS remove enable disable run try roll-back)
    fails(1 ${command} nobody ${life})
    contains("${stderr}" "mini-slicer: Plugin not found: `nobody`; see `mini-slicer list`")
endforeach()
if(EXISTS "${FOLDER}/life/orca_plugins")
    message(FATAL_ERROR "A refused command has made a folder of plugins")
endif()

succeeds(install "${FIXTURES}/echo_plugin/Echo_Plugin.py" ${life})
contains("${stdout}" "installed\tEcho_Plugin\t1.0.0\nplugin\tEcho_Plugin\tfound\tloaded\t-\t1.0.0\ncapability\tEcho_Plugin\tscript\tEcho\t-")
fails(1 roll-back Echo_Plugin ${life})
succeeds(run ${life} Echo_Plugin Echo)
contains("${stdout}" "capability\tEcho_Plugin\tscript\tEcho\tSuccess\techo\t")
fails(1 run Echo_Plugin Gone ${life})
contains("${stderr}" "Gone")
fails(1 disable Echo_Plugin Gone ${life})
contains("${stderr}" "Plugin `Echo_Plugin` has no capability `Gone`, but `Echo`")

# what is wrong with a package is said, whether or not it can be installed
set(metadata "# /// script\n# [tool.orcaslicer.plugin]\n# name = \"Odd\"\n# colour = 3\n# ///\n")
file(WRITE "${FOLDER}/odd.py" "${metadata}")
fails(1 install odd.py ${life})
contains("${stdout}" "package\todd\tOdd\t-\nproblem\todd\tLine 4, column 3: The key `colour`")
contains("${stdout}" "installed\todd\t-\n")
contains("${stderr}" "mini-slicer: Plugin registration failed: ")
succeeds(list ${life})
contains("${stdout}" "problem\todd\tLine 4, column 3: The key `colour`")
succeeds(remove odd ${life})

# one that was put into the folder by hand and is not known yet
file(COPY "${FIXTURES}/stamps" DESTINATION "${FOLDER}/life/orca_plugins")
succeeds(disable stamps ${life})
contains("${stdout}" "plugin\tstamps\tfound\tnot loaded\tIt is switched off")
succeeds(list ${life})
contains("${stdout}" "plugin\tstamps\tfound\tnot loaded\tIt is switched off")
fails(1 run stamps ${life})
contains("${stderr}" "is switched off; switch it on with `mini-slicer enable stamps`")
fails(1 export ${life} --gcode in.gcode --output out.gcode --preset good.json)
contains("${stdout}" "- `first` of plugin `stamps`")
succeeds(enable stamps ${life})
succeeds(export ${life} --gcode in.gcode --output out.gcode --preset good.json)
succeeds(disable stamps second ${life})
contains("${stdout}" "\tsecond\tDisabled\t")
fails(1 run stamps ${life})
contains("${stderr}" "Plugin `stamps` has no script to run")

# --- command lines that are not understood

fails(2 install --data-dir life)
contains("${stderr}" "The operand `FILE` is missing")
fails(2 run Echo_Plugin Echo again --data-dir life)
contains("${stderr}" "Nothing is done with `again` here")
fails(2 list --data-dir)
contains("${stderr}" "The option `--data-dir` needs a value")

fails(2 preset)
contains("${stderr}" "There is no sub-command `preset`")
fails(2 preset load --data-dir data)
contains("${stderr}" "There is no sub-command `preset load`")
fails(2 preset save --data-dir data)
contains("${stderr}" "The option `--preset` is missing")
fails(2 preset save --data-dir data --preset old.json --type scanner)
contains("${stderr}" "none of `print`, `printer` and `filament`")
fails(2 export --preset good.json --preset good.json)
contains("${stderr}" "is given twice")
contains("${stderr}" "Usage: mini-slicer list")
