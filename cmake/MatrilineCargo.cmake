# matriline_cargo_staticlib(<target> MANIFEST <Cargo.toml> PACKAGE <package> PROFILE <profile>)
#
# Makes the imported target <target> from the static library that cargo builds of <package>. Cargo runs at every
# build and decides itself what is to be done. It builds against the Python that CMake found, below the build folder
# or in MATRILINE_CARGO_TARGET_DIR. Nothing runs at configure time.

set(MATRILINE_CARGO_TARGET_DIR "" CACHE PATH "Where cargo builds; empty for a folder below the build folder")
set(MATRILINE_CARGO_PROFILE "release" CACHE STRING "The profile cargo builds with")

find_program(MATRILINE_CARGO_EXECUTABLE cargo HINTS "$ENV{CARGO_HOME}/bin" "$ENV{HOME}/.cargo/bin")
mark_as_advanced(MATRILINE_CARGO_EXECUTABLE)

function(matriline_cargo_staticlib target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "MANIFEST;PACKAGE;PROFILE" "")
    if(NOT MATRILINE_CARGO_EXECUTABLE)
        message(FATAL_ERROR "matriline needs `cargo`: install Rust, or set MATRILINE_CARGO_EXECUTABLE")
    endif()

    set(folder "${MATRILINE_CARGO_TARGET_DIR}")
    if(NOT folder)
        set(folder "${CMAKE_CURRENT_BINARY_DIR}/cargo")
    endif()
    # the profile `dev` builds into `debug`
    string(REGEX REPLACE "^dev$" "debug" profile_folder "${arg_PROFILE}")
    string(REPLACE "-" "_" name "${arg_PACKAGE}")
    set(library "${folder}/${profile_folder}/${CMAKE_STATIC_LIBRARY_PREFIX}${name}${CMAKE_STATIC_LIBRARY_SUFFIX}")

    # a target without an output file is never up to date, so cargo always runs; it touches the library only when
    # something changed
    add_custom_target(
        ${target}_cargo
        COMMAND
            "${CMAKE_COMMAND}" -E env
            "PYO3_PYTHON=${Python3_EXECUTABLE}"
            "CARGO_TARGET_DIR=${folder}"
            "${MATRILINE_CARGO_EXECUTABLE}" build
            --manifest-path "${arg_MANIFEST}" --package "${arg_PACKAGE}" --profile "${arg_PROFILE}" --locked
        BYPRODUCTS "${library}"
        COMMENT "Building ${arg_PACKAGE} with cargo"
        USES_TERMINAL
        VERBATIM)

    add_library(${target} STATIC IMPORTED GLOBAL)
    set_target_properties(${target} PROPERTIES IMPORTED_LOCATION "${library}" MATRILINE_CARGO_TARGET_DIR "${folder}")
    add_dependencies(${target} ${target}_cargo)
endfunction()
