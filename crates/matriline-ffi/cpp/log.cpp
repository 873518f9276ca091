#include "matriline/log.hpp"

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

void log(LogLevel level, std::string_view target, std::string_view plugin, std::string_view text) {
    const detail::LogSink *sink = detail::current_log();
    if (sink == nullptr) {
        return;
    }
    try {
        sink->callback(level, target, plugin, text);
    } catch (abi::__forced_unwind &) {
        throw;
    } catch (...) {
        // a log has nobody to tell
    }
}

MATRILINE_END_NAMESPACE
