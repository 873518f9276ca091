#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "rust/cxx.h"
#include "matriline/capability_type.hpp"

/// What Rust sees of types that the application defines itself.
namespace matriline::detail {

struct CapabilityHandle;
struct EventContextData;
struct Mesh;

using CapabilityAnswer = matriline::CapabilityAnswer;
using HostModel = host::Model;

/// Who is told how far a call is.
class ProgressSink {
public:
    explicit ProgressSink(Progress progress) : progress_(std::move(progress)) {}

    /// Whether to go on. What the application throws is kept, means no, and nobody is told any more.
    bool report(double done, std::string_view message) const;
    /// Throws what the application threw first.
    void rethrow() const;

private:
    const Progress progress_;
    /// Guards what stands below: plugins report from several threads.
    mutable std::mutex mutex_;
    mutable std::exception_ptr thrown_;
};

/// The arguments of a call that are more than a text or a number.
struct GivenObjects {
    const CapabilityValue *values;
    /// Those that Rust has asked for.
    mutable std::vector<std::shared_ptr<ProgressSink>> sinks;
};

const HostModel &given_model(const GivenObjects &given, std::size_t place);
EventContextData given_context(const GivenObjects &given, std::size_t place);
std::shared_ptr<ProgressSink> given_progress(const GivenObjects &given, std::size_t place);
bool report_progress(const ProgressSink &sink, double done, rust::Str message);

void set_answer_text(CapabilityAnswer &answer, rust::Str text);
void set_answer_number(CapabilityAnswer &answer, std::int64_t number);
void set_answer_real(CapabilityAnswer &answer, double real);
void set_answer_flag(CapabilityAnswer &answer, bool flag);
void set_answer_result(CapabilityAnswer &answer, std::uint8_t status, rust::Str message, rust::Str data);
void add_answer_text(CapabilityAnswer &answer, rust::Str text);
void add_answer_mesh(CapabilityAnswer &answer, rust::Str name, rust::Box<Mesh> mesh);

/// The words of a type that was declared; those of `Unknown` for any other number.
std::string_view own_type_text(PluginCapabilityType type) noexcept;
std::string_view own_type_display_name(PluginCapabilityType type) noexcept;

/// The object of a capability whose type has no class of its own.
std::shared_ptr<PluginCapabilityInterface> make_any(rust::Box<CapabilityHandle> handle, PluginCapabilityType type,
                                                    rust::Str name);

} // namespace matriline::detail
