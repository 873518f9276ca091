# Runs mini-slicer with relative paths, from a folder of its own.
cmake_minimum_required(VERSION 3.22)

file(REMOVE_RECURSE "${FOLDER}")
file(COPY "${FIXTURES}/stamps" DESTINATION "${FOLDER}/data/orca_plugins")
file(WRITE "${FOLDER}/in.gcode" "G1\n")
file(WRITE "${FOLDER}/preset.json" [[{"post_process_plugin": ["first", "second"], "plugins": ["stamps;;first", "stamps;;second"]}]])

# Exports `gcode` as `output`, and leaves `status` and `stderr`.
macro(export gcode output)
    execute_process(
        COMMAND "${SLICER}" export --data-dir data --preset preset.json --gcode "${gcode}" --output "${output}"
        WORKING_DIRECTORY "${FOLDER}" RESULT_VARIABLE status OUTPUT_VARIABLE stdout ERROR_VARIABLE stderr)
endmacro()

function(refused gcode output message)
    export("${gcode}" "${output}")
    if(NOT status EQUAL 1 OR NOT stderr MATCHES "${message}")
        message(FATAL_ERROR "Status ${status}, and no `${message}` in: ${stderr}")
    endif()
endfunction()

export(in.gcode out.gcode)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${stderr}")
endif()
file(READ "${FOLDER}/out.gcode" edited)
if(NOT edited STREQUAL "G1\n; first\n; second\n")
    message(FATAL_ERROR "The output is not edited: ${edited}")
endif()

refused(none.gcode out.gcode "G-code file `[^`]*/none.gcode` does not exist; .*--gcode")
refused(in.gcode none/out.gcode "folder `[^`]*/none` does not exist; .*--output")
