#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matriline/execution_result.hpp"
#include "matriline/export.hpp"
#include "matriline/loaded_plugin_capability.hpp"
#include "matriline/plugin_capability_interface.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/version.hpp"

/// Capability types that an application defines itself: see `CapabilityType`.

MATRILINE_BEGIN_NAMESPACE

/// What methods of such a type take and give.
enum class ValueKind : unsigned char {
    Nothing = 0,
    Text = 1,
    File = 2,
    Json = 3,
    Number = 4,
    Real = 5,
    Flag = 6,
    Result = 7,
};

/// A capability type as an application describes it.
struct CapabilityTypeDeclaration {
    struct Argument {
        std::string name;
        ValueKind kind;
    };

    struct Method {
        std::string name;
        /// The sentence of its documentation.
        std::string doc;
        std::vector<Argument> arguments;
        ValueKind returns;
        /// Whether plugins may leave it out.
        bool optional;
    };

    /// What files and presets call it: lower-case words joined by hyphens, such as `flow-simulation`.
    std::string text;
    /// The sentence of its documentation.
    std::string doc;
    /// The module below `orca` that holds its base class, and the class.
    std::string module;
    std::string base_class;
    std::vector<Method> methods;
};

/// An argument on its way; texts are borrowed for the call.
struct CapabilityValue {
    ValueKind kind = ValueKind::Nothing;
    std::string_view text = {};
    std::int64_t number = 0;
    double real = 0;
    bool flag = false;
};

/// An answer; what it is says the declaration.
struct CapabilityAnswer {
    std::string text;
    std::int64_t number = 0;
    double real = 0;
    bool flag = false;
    ExecutionResult result;
};

/// A capability whose type has no class of its own in the library. `CapabilityType` calls it with types.
class MATRILINE_EXPORT AnyCapability : public PluginCapabilityInterface {
public:
    ~AnyCapability() override;

    /// Calls the method at a place of the declaration.
    ///
    /// Throws `Error` when the plugin raises, answers with another kind, or is unloaded. Threads: any.
    virtual CapabilityAnswer call(std::size_t method, const CapabilityValue *arguments, std::size_t count) const = 0;
};

/// The path of a file as an argument: the call may write to its folder.
struct FilePath {
    std::string_view path;
};

/// A value of JSON as its text.
struct JsonText {
    std::string text;
};

namespace own {

/// The number of a type that was declared; `Unknown` before that.
MATRILINE_EXPORT PluginCapabilityType type_of_text(std::string_view text) noexcept;

template <class T>
struct ValueOf;

template <>
struct ValueOf<void> {
    static constexpr ValueKind kind = ValueKind::Nothing;
    static void take(CapabilityAnswer &&) {}
};

template <>
struct ValueOf<std::string_view> {
    static constexpr ValueKind kind = ValueKind::Text;
    static CapabilityValue pass(std::string_view text) { return {kind, text}; }
};

template <>
struct ValueOf<std::string> {
    static constexpr ValueKind kind = ValueKind::Text;
    static std::string take(CapabilityAnswer &&answer) { return std::move(answer.text); }
};

template <>
struct ValueOf<FilePath> {
    static constexpr ValueKind kind = ValueKind::File;
    static CapabilityValue pass(const FilePath &file) { return {kind, file.path}; }
};

template <>
struct ValueOf<JsonText> {
    static constexpr ValueKind kind = ValueKind::Json;
    static CapabilityValue pass(const JsonText &json) { return {kind, json.text}; }
    static JsonText take(CapabilityAnswer &&answer) { return {std::move(answer.text)}; }
};

template <>
struct ValueOf<std::int64_t> {
    static constexpr ValueKind kind = ValueKind::Number;
    static CapabilityValue pass(std::int64_t number) { return {kind, {}, number}; }
    static std::int64_t take(CapabilityAnswer &&answer) { return answer.number; }
};

template <>
struct ValueOf<double> {
    static constexpr ValueKind kind = ValueKind::Real;
    static CapabilityValue pass(double real) { return {kind, {}, 0, real}; }
    static double take(CapabilityAnswer &&answer) { return answer.real; }
};

template <>
struct ValueOf<bool> {
    static constexpr ValueKind kind = ValueKind::Flag;
    static CapabilityValue pass(bool flag) { return {kind, {}, 0, 0, flag}; }
    static bool take(CapabilityAnswer &&answer) { return answer.flag; }
};

template <>
struct ValueOf<ExecutionResult> {
    static constexpr ValueKind kind = ValueKind::Result;
    static ExecutionResult take(CapabilityAnswer &&answer) { return std::move(answer.result); }
};

} // namespace own

/// Whether plugins must write a method.
enum class Duty { Required, Optional };

/// A capability type that an application defines itself: derive a class from this, with the names of the type and a
/// `Method` for each of its methods.
///
/// ```cpp
/// struct Simulator : matriline::CapabilityType<Simulator> {
///     static constexpr const char *text = "flow-simulator";
///     static constexpr const char *doc = "Simulates a print.";
///     static constexpr const char *module = "simulation";
///     static constexpr const char *base_class = "SimulatorPluginCapabilityBase";
///
///     Method<matriline::ExecutionResult(std::string_view, double)> simulate{
///         this, "simulate", {"gcode_path", "speed"}, "Simulates the G-code."};
/// };
///
/// options.capability_types.push_back(Simulator::declaration());
/// if (const auto simulator = Simulator::of(loader.get_plugin_capability_by_name(key, Simulator::type(), name))) {
///     simulator->simulate("out.gcode", 2.0);
/// }
/// ```
///
/// Methods take `std::string_view`, `FilePath`, `JsonText`, `std::int64_t`, `double` and `bool`, and give
/// `std::string`, `JsonText`, `std::int64_t`, `double`, `bool`, `ExecutionResult` and `void`.
template <class Derived>
class CapabilityType {
public:
    CapabilityType(const CapabilityType &) = delete;
    CapabilityType &operator=(const CapabilityType &) = delete;

    /// What a manager is started with, so that plugins find the type: `ManagerOptions::capability_types`.
    static CapabilityTypeDeclaration declaration() {
        Derived unbound;
        return {Derived::text, Derived::doc, Derived::module, Derived::base_class, std::move(unbound.methods_)};
    }

    /// Its number in this process; `Unknown` until a manager was started with it.
    static PluginCapabilityType type() noexcept { return own::type_of_text(Derived::text); }

    /// The typed view of a capability; null for null, and for a capability of another type. It may be kept: once the
    /// plugin is unloaded, its calls throw `Error`.
    static std::shared_ptr<const Derived> of(const std::shared_ptr<LoadedPluginCapability> &capability) {
        if (capability == nullptr || capability->type != type()) {
            return nullptr;
        }
        auto view = std::make_shared<Derived>();
        view->methods_.clear();
        view->capability_ = std::dynamic_pointer_cast<AnyCapability>(capability->instance);
        return view->capability_ == nullptr ? nullptr : view;
    }

    /// The capability behind it.
    const std::shared_ptr<AnyCapability> &capability() const { return capability_; }

protected:
    CapabilityType() = default;
    ~CapabilityType() = default;

    template <class Signature>
    class Method;

    /// A method: called as a function. The order of the methods is that of the declaration.
    template <class Answer, class... Arguments>
    class Method<Answer(Arguments...)> {
    public:
        Method(CapabilityType *type, const char *name, const std::array<const char *, sizeof...(Arguments)> &arguments,
               const char *doc, Duty duty = Duty::Required)
            : type_(*type), place_(type->methods_.size()) {
            constexpr std::array<ValueKind, sizeof...(Arguments)> kinds{own::ValueOf<Arguments>::kind...};
            std::vector<CapabilityTypeDeclaration::Argument> described;
            for (std::size_t place = 0; place < kinds.size(); ++place) {
                described.push_back({arguments[place] == nullptr ? "" : arguments[place], kinds[place]});
            }
            type->methods_.push_back(
                {name, doc, std::move(described), own::ValueOf<Answer>::kind, duty == Duty::Optional});
        }
        Method(const Method &) = delete;
        Method &operator=(const Method &) = delete;

        /// Throws `Error` when the plugin raises, answers with another kind, or is unloaded. Threads: any.
        Answer operator()(Arguments... arguments) const {
            const std::array<CapabilityValue, sizeof...(Arguments)> values{
                own::ValueOf<Arguments>::pass(arguments)...};
            return own::ValueOf<Answer>::take(type_.capability_->call(place_, values.data(), values.size()));
        }

    private:
        const CapabilityType &type_;
        std::size_t place_;
    };

private:
    std::vector<CapabilityTypeDeclaration::Method> methods_;
    std::shared_ptr<AnyCapability> capability_;
};

MATRILINE_END_NAMESPACE
