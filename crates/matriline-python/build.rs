//! Passes the version of the Python this build serves on to the code.

fn main() {
    pyo3_build_config::use_pyo3_cfgs();
    let config = pyo3_build_config::get();
    println!("cargo::rustc-env=MATRILINE_PYTHON_MINOR={}", config.version().minor);
    let flags = &config.build_flags().0;
    if flags.contains(&pyo3_build_config::BuildFlag::Py_GIL_DISABLED) {
        println!(
            "cargo::error=Free-threaded builds of CPython are not supported; build against one with a GIL"
        );
    }
}
