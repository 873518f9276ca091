#pragma once

#include <cxxabi.h>

#include <exception>

namespace rust::behavior {

/// What the bridge wraps every call into C++ with: whatever is thrown becomes an error of the Rust side.
///
/// The forced unwinding of a cancelled thread is no exception and may not be swallowed. It does not get past the bridge,
/// whose functions are `noexcept`: cancelling a thread inside of a callback ends the process.
template <typename Try, typename Fail>
static void trycatch(Try &&call, Fail &&fail) try {
    call();
} catch (const std::exception &error) {
    fail(error.what());
} catch (abi::__forced_unwind &) {
    throw;
} catch (...) {
    fail("An exception that is no `std::exception`");
}

} // namespace rust::behavior
