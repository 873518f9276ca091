#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/plugin_option.hpp"
#include "matriline/preset.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// The JSON text of a preset, of which only the `plugins` array ever changes.
///
/// Every other member is written as it was read: numbers of any size, repeated keys, escapes. It needs no manager and
/// no Python.
///
/// ```
/// auto document = matriline::PresetDocument::parse(text);
/// const auto update = matriline::update_plugin_manifest(document.preset(matriline::PresetType::Print));
/// document.set_plugins(update.plugins);
/// document.save(path);
/// ```
///
/// Threads: one at a time.
class MATRILINE_EXPORT PresetDocument {
public:
    /// Reads a preset. Throws `Error` with `ErrorCode::InvalidArgument` for what is no JSON object or nests too deep.
    static PresetDocument parse(std::string_view json);

    PresetDocument(PresetDocument &&) noexcept;
    PresetDocument &operator=(PresetDocument &&) noexcept;
    ~PresetDocument();

    /// The value of a member: the items of an array, or one text for a text, number or Boolean. Nothing when there is
    /// no such member.
    std::optional<std::vector<std::string>> strings(std::string_view key) const;

    /// The `plugins` array; empty where there is none.
    std::vector<std::string> plugins() const;

    /// Replaces the `plugins` array; an empty one goes altogether.
    void set_plugins(const std::vector<std::string> &plugins);

    /// The JSON text, a member on each line.
    std::string to_json() const;

    /// Writes the JSON text to a file: beside it, flushed, then renamed, so that there is the old text or the new one
    /// and never a part. Throws `Error` with `ErrorCode::Io`; the old file is then as it was.
    void save(std::string_view path) const;

    /// What the preset says of plugins. Its name is the member `name`. A text where a list of capability names is
    /// expected is read as `unescape_strings_cstyle` reads it.
    Preset preset(PresetType type, const std::vector<PluginOption> &options = orca_plugin_options()) const;

private:
    struct State;
    explicit PresetDocument(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

MATRILINE_END_NAMESPACE
