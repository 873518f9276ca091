#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "matriline/capability_value.hpp"
#include "matriline/export.hpp"
#include "matriline/loaded_plugin_capability.hpp"
#include "matriline/plugin_capability_interface.hpp"
#include "matriline/plugin_capability_type.hpp"
#include "matriline/version.hpp"

/// Capability types that an application defines itself: see `CapabilityType`.

MATRILINE_BEGIN_NAMESPACE

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

    /// What files and presets call it: lower-case words joined by hyphens, such as `flow-simulation`. That of a type in
    /// `types.hpp`, and nothing else, stands for the whole declaration of it.
    std::string text;
    /// The sentence of its documentation.
    std::string doc;
    /// The module below `orca` that holds its base class, and the class.
    std::string module;
    std::string base_class;
    std::vector<Method> methods;
};

/// A capability whose type has no class of its own in the library. `CapabilityType` calls it with types.
class MATRILINE_EXPORT AnyCapability : public PluginCapabilityInterface {
public:
    ~AnyCapability() override;

    /// Calls the method at a place of the declaration.
    ///
    /// Throws `Error` when the plugin raises, answers with another kind, or is unloaded. Threads: any.
    virtual CapabilityAnswer call(std::size_t method, const CapabilityValue *arguments, std::size_t count) const = 0;

    /// Whether the plugin has written the method at that place. Threads: any.
    virtual bool is_written(std::size_t method) const = 0;
};

namespace own {

/// The number of a type that was declared; `Unknown` before that.
MATRILINE_EXPORT PluginCapabilityType type_of_text(std::string_view text) noexcept;

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
/// Methods take `std::string_view`, `FilePath`, `JsonText`, `std::int64_t`, `double`, `bool`, `const host::Model &`,
/// `const Progress &`, `LifecycleEvent` and `const LifecycleEventContext &`, and give `std::string`, `JsonText`,
/// `std::int64_t`, `double`, `bool`, `ExecutionResult`, `void`, `std::vector<std::string>` and
/// `std::vector<ImportedMesh>`.
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
            constexpr std::array<ValueKind, sizeof...(Arguments)> kinds{own::Passed<Arguments>::kind...};
            std::vector<CapabilityTypeDeclaration::Argument> described;
            for (std::size_t place = 0; place < kinds.size(); ++place) {
                described.push_back({arguments[place] == nullptr ? "" : arguments[place], kinds[place]});
            }
            type->methods_.push_back(
                {name, doc, std::move(described), own::ValueOf<Answer>::kind, duty == Duty::Optional});
        }

        /// A method of a type whose declaration the library has.
        explicit Method(CapabilityType *type) : type_(*type), place_(type->methods_.size()) {
            type->methods_.emplace_back();
        }
        Method(const Method &) = delete;
        Method &operator=(const Method &) = delete;

        /// Throws `Error` when the plugin raises, answers with another kind, or is unloaded. Threads: any.
        Answer operator()(Arguments... arguments) const {
            const std::array<CapabilityValue, sizeof...(Arguments)> values{own::Passed<Arguments>::pass(arguments)...};
            return own::ValueOf<Answer>::take(type_.capability_->call(place_, values.data(), values.size()));
        }

        /// Whether the plugin has written it. One that it may leave out answers with nothing where it has not.
        bool is_written() const { return type_.capability_->is_written(place_); }

    private:
        const CapabilityType &type_;
        std::size_t place_;
    };

private:
    std::vector<CapabilityTypeDeclaration::Method> methods_;
    std::shared_ptr<AnyCapability> capability_;
};

MATRILINE_END_NAMESPACE
