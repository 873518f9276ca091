#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matriline/capability_type.hpp"
#include "matriline/version.hpp"

/// Capability types of the specification that an application takes when it says so:
///
/// ```cpp
/// options.capability_types.push_back(matriline::types::Importer::declaration());
///
/// for (const auto &found : loader.get_plugin_capabilities_by_type(matriline::types::Importer::type())) {
///     const auto importer = matriline::types::Importer::of(found);
///     importer->import_file("cube.vox", [](double done, std::string_view) { return done < 1; });
/// }
/// ```

MATRILINE_BEGIN_NAMESPACE

namespace types {

/// What the types here share: the library has their declarations.
template <class Derived>
class ShippedType : public CapabilityType<Derived> {
public:
    /// What a manager is started with, so that plugins find the type: the text, which stands for all of it.
    static CapabilityTypeDeclaration declaration() {
        CapabilityTypeDeclaration declaration;
        declaration.text = Derived::text;
        return declaration;
    }

protected:
    ShippedType() = default;
    ~ShippedType() = default;

    template <class Signature>
    using Method = typename CapabilityType<Derived>::template Method<Signature>;
};

/// Reads files of a format.
struct Importer : ShippedType<Importer> {
    static constexpr const char *text = "importer";

    /// Reads the file at `path` and returns its meshes. Lengths are in mm.
    Method<std::vector<ImportedMesh>(std::string_view path, const Progress &progress)> import_file{this};

    /// The endings of the files that it reads, such as `.vox`.
    Method<std::vector<std::string>()> get_extensions{this};
};

/// Writes files of a format.
struct Exporter : ShippedType<Exporter> {
    static constexpr const char *text = "exporter";

    /// Writes the model to the file at `path`, in whose folder it may write.
    Method<ExecutionResult(const host::Model &model, FilePath path, const Progress &progress)> export_file{this};

    /// The endings of the files that it writes, such as `.vox`.
    Method<std::vector<std::string>()> get_extensions{this};
};

/// Looks at a model or at G-code, and reports. It has one of the two methods, or both: ask `is_written`.
struct Analysis : ShippedType<Analysis> {
    static constexpr const char *text = "analysis";

    /// The report on a model: anything that JSON can hold.
    Method<JsonText(const host::Model &model, const Progress &progress)> analyze_model{this};

    /// The report on the G-code file at `path`.
    Method<JsonText(std::string_view path, const Progress &progress)> analyze_gcode{this};
};

/// Does something when something happens.
struct Automation : ShippedType<Automation> {
    static constexpr const char *text = "automation";

    /// Does what is to be done at the event; skips one that does not matter to it.
    Method<ExecutionResult(LifecycleEvent event, const LifecycleEventContext &ctx)> execute{this};
};

} // namespace types

MATRILINE_END_NAMESPACE
