#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "matriline/execution_result.hpp"
#include "matriline/host_model.hpp"
#include "matriline/lifecycle_event.hpp"
#include "matriline/lifecycle_event_context.hpp"
#include "matriline/version.hpp"

/// What methods of declared capability types take and give: see `CapabilityType`.

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
    /// As an answer only.
    Texts = 8,
    /// As an answer only.
    Meshes = 9,
    /// As an argument only, like those below.
    Model = 10,
    Progress = 11,
    LifecycleEvent = 12,
    LifecycleEventContext = 13,
};

/// The path of a file as an argument: the call may write to its folder.
struct FilePath {
    std::string_view path;
};

/// A value of JSON as its text.
struct JsonText {
    std::string text;
};

/// A mesh that a plugin has made.
struct ImportedMesh {
    /// What the plugin calls it; empty where it does not.
    std::string name;
    /// Its triangles, all vertices of which exist. The memory is the plugin's mesh, not copied.
    host::TriangleMesh mesh;
};

/// Takes how far a call is: so much of it is done, from 0 to 1, and it is doing this; empty for what it was doing.
/// False when the user has cancelled it: the plugin is asked to return, and what it returns then does not matter.
/// Without a function nobody is told, and nobody cancels.
///
/// What it throws cancels the call as well, and the call throws it again. It is copied for the call. Threads: any of
/// the plugin, without the GIL; one that the plugin has started may still be inside when the call has just returned.
using Progress = std::function<bool(double done, std::string_view message)>;

/// An argument on its way: its kind says which member counts. Texts and objects are borrowed for the call.
struct CapabilityValue {
    ValueKind kind = ValueKind::Nothing;
    std::string_view text = {};
    /// A number; also that of an event.
    std::int64_t number = 0;
    double real = 0;
    bool flag = false;
    const host::Model *model = nullptr;
    const Progress *progress = nullptr;
    const LifecycleEventContext *context = nullptr;
};

/// An answer; what it is says the declaration.
struct CapabilityAnswer {
    std::string text;
    std::int64_t number = 0;
    double real = 0;
    bool flag = false;
    ExecutionResult result;
    std::vector<std::string> texts;
    std::vector<ImportedMesh> meshes;
};

namespace own {

/// How an argument or an answer of a type of C++ goes over: `kind`, and `pass` or `take`.
template <class T>
struct ValueOf;

/// The same for an argument that is taken by reference.
template <class T>
using Passed = ValueOf<std::remove_cv_t<std::remove_reference_t<T>>>;

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

template <>
struct ValueOf<std::vector<std::string>> {
    static constexpr ValueKind kind = ValueKind::Texts;
    static std::vector<std::string> take(CapabilityAnswer &&answer) { return std::move(answer.texts); }
};

template <>
struct ValueOf<std::vector<ImportedMesh>> {
    static constexpr ValueKind kind = ValueKind::Meshes;
    static std::vector<ImportedMesh> take(CapabilityAnswer &&answer) { return std::move(answer.meshes); }
};

template <>
struct ValueOf<host::Model> {
    static constexpr ValueKind kind = ValueKind::Model;
    static CapabilityValue pass(const host::Model &model) { return {kind, {}, 0, 0, false, &model}; }
};

template <>
struct ValueOf<Progress> {
    static constexpr ValueKind kind = ValueKind::Progress;
    static CapabilityValue pass(const Progress &progress) { return {kind, {}, 0, 0, false, nullptr, &progress}; }
};

template <>
struct ValueOf<LifecycleEvent> {
    static constexpr ValueKind kind = ValueKind::LifecycleEvent;
    static CapabilityValue pass(LifecycleEvent event) { return {kind, {}, static_cast<std::int64_t>(event)}; }
};

template <>
struct ValueOf<LifecycleEventContext> {
    static constexpr ValueKind kind = ValueKind::LifecycleEventContext;
    static CapabilityValue pass(const LifecycleEventContext &context) {
        return {kind, {}, 0, 0, false, nullptr, nullptr, &context};
    }
};

} // namespace own

MATRILINE_END_NAMESPACE
