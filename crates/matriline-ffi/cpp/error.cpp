#include "matriline/error.hpp"

MATRILINE_BEGIN_NAMESPACE

struct Error::Details {
    ErrorCode code;
    std::string plugin;
    std::string traceback;
};

Error::Error(ErrorCode code, const std::string &message, std::string plugin, std::string traceback)
    : std::runtime_error(message),
      details_(std::make_shared<Details>(Details{code, std::move(plugin), std::move(traceback)})) {}

Error::Error(const Error &) noexcept = default;
Error &Error::operator=(const Error &) noexcept = default;
Error::~Error() = default;

ErrorCode Error::code() const noexcept {
    return details_->code;
}
const std::string &Error::plugin() const noexcept {
    return details_->plugin;
}
const std::string &Error::traceback() const noexcept {
    return details_->traceback;
}

MATRILINE_END_NAMESPACE
