#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace matriline::detail {

/// A time in seconds since 1970; one that the clock cannot hold is its last.
inline std::chrono::system_clock::time_point time_of(std::int64_t seconds) {
    using Clock = std::chrono::system_clock;
    const auto last = std::chrono::duration_cast<std::chrono::seconds>(Clock::duration::max());
    return Clock::time_point(std::min(std::chrono::seconds(seconds), last));
}

} // namespace matriline::detail
