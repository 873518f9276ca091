#pragma once

#include <memory>
#include <string>
#include <vector>

#include "json.hpp"
#include "matriline/host.hpp"
#include "probe_report.hpp"

/// The generation of the interface that is called so on the command line. Throws `UsageError` for any other name.
matriline::host::Generation generation(const std::string &name);

/// An application without a screen: a model, presets, and a user interface that says yes to everything. What it shows
/// stands in the report.
class ScriptedHost : public matriline::host::Host {
public:
    /// Without a file, the model is a cube; without a folder, there is one preset of each kind. Throws for what cannot
    /// be read.
    ScriptedHost(const std::string &model, const std::string &presets, ProbeReport &report);
    ~ScriptedHost() override;

    std::vector<matriline::host::Feature> features() override;
    std::shared_ptr<const matriline::host::Model> model() override { return model_; }
    std::shared_ptr<const matriline::host::PresetBundle> preset_bundle() override { return presets_; }
    std::optional<matriline::host::PlaterState> plater() override { return matriline::host::PlaterState{}; }
    std::shared_ptr<matriline::host::UserInterface> user_interface() override;
    std::string app_language() override { return "en"; }

    /// The user closes every window that is open.
    void close_windows();

private:
    class Interface;

    std::shared_ptr<const matriline::host::Model> model_;
    std::shared_ptr<const matriline::host::PresetBundle> presets_;
    std::shared_ptr<Interface> interface_;
};
