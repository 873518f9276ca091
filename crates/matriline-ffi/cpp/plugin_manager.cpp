#include "matriline/plugin_manager.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "generated/own_types.hpp"
#include "generated/values.hpp"
#include "host.hpp"
#include "matriline/log.hpp"
#include "preset.hpp"

namespace matriline::detail {

namespace {

std::atomic<const Host *> current{nullptr};
std::atomic<const LogSink *> sink{nullptr};

} // namespace

const Host *current_host() noexcept {
    return current.load(std::memory_order_acquire);
}
const LogSink *current_log() noexcept {
    return sink.load(std::memory_order_acquire);
}

const Host &started_host() {
    if (const Host *host = current_host()) {
        return *host;
    }
    throw Error(ErrorCode::NotStarted, "The plugin manager is not started; call `initialize` first");
}

const Host &running_host() {
    if (PluginManager::instance().is_initialized()) {
        return started_host();
    }
    throw Error(ErrorCode::NotStarted, "The plugin manager does not run; call `initialize` first");
}

namespace {

DependencyData dependency_data(const DependencyOptions &options) {
    return {owned(options.uv, "uv"),         owned(options.uv_folder, "uv_folder"),
            owned(options.python, "python"), texts(options.wheel_folders, "wheel_folders"),
            options.index.has_value(),       owned(options.index.value_or(std::string()), "index"),
            limit(options.time_limit)};
}

AuditData audit_data(const ManagerOptions &options) {
    AuditData data{options.audit_mode.has_value(),
                   static_cast<std::uint8_t>(options.audit_mode.value_or(AuditMode::Loading)),
                   {},
                   {},
                   texts(options.secrets, "secrets"),
                   texts(options.read_only_roots, "read_only_roots"),
                   limit(options.question_time_limit)};
    for (const auto &[key, mode] : options.audit_mode_of_plugins) {
        data.by_plugin.push_back({owned(key, "plugin_key"), static_cast<std::uint8_t>(mode)});
    }
    for (const auto &[type, mode] : options.audit_mode_of_types) {
        data.by_type.push_back({static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(mode)});
    }
    return data;
}

HostConfig host_config(const ManagerOptions &options) {
    return {owned(options.data_dir, "data_dir"),
            owned(options.application_version, "application_version"),
            owned(options.python_home, "python_home"),
            options.forward_output,
            owned(options.cloud_user, "cloud_user"),
            owned(options.hub, "hub"),
            options.enforce_requires_python,
            limit(options.host_patience),
            static_cast<std::uint8_t>(options.generation),
            options_data(options.plugin_options),
            dependency_data(options.dependencies),
            audit_data(options)};
}

OwnType own_type(const CapabilityTypeDeclaration &declared) {
    OwnType type{owned(declared.text, "text"),
                 owned(declared.doc, "doc"),
                 owned(declared.module, "module"),
                 owned(declared.base_class, "base_class"),
                 {}};
    for (const auto &method : declared.methods) {
        rust::Vec<OwnArgument> arguments;
        for (const auto &argument : method.arguments) {
            arguments.push_back({owned(argument.name, "name"), static_cast<std::uint8_t>(argument.kind)});
        }
        type.methods.push_back({owned(method.name, "name"), owned(method.doc, "doc"), std::move(arguments),
                                static_cast<std::uint8_t>(method.returns), method.optional});
    }
    return type;
}

template <class Sink, class Function>
std::shared_ptr<Sink> sink_of(const Function &function) {
    return function ? std::make_shared<Sink>(Sink{function}) : nullptr;
}

std::shared_ptr<Application> application_of(const ManagerOptions &options) {
    return std::make_shared<Application>(
        Application{options.preset_configs, options.permissions, options.post_to_page, options.questions});
}

std::shared_ptr<HostSink> offer_of(const ManagerOptions &options) {
    return options.host ? std::make_shared<HostSink>(HostSink{options.host}) : nullptr;
}

std::shared_ptr<SliceSink> slice_of(const PostProcessJob &job) {
    const bool is_told = job.config_value || job.cancelled;
    return is_told ? std::make_shared<SliceSink>(SliceSink{job.config_value, job.cancelled}) : nullptr;
}

} // namespace

} // namespace matriline::detail

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

struct PluginManager::State {
    enum class Phase { Stopped, Starting, Running };

    /// Guards everything below but `catalog` and `loader`, which have no state. Nothing of Rust runs under it, since
    /// that may log, and a log callback may call back.
    mutable std::mutex mutex;
    Phase phase = Phase::Stopped;
    ManagerOptions options;
    std::string last_error;
    /// Every host that was started, with its log; the last is the current one.
    std::vector<std::pair<rust::Box<Host>, std::shared_ptr<LogSink>>> hosts;
    PluginCatalog catalog;
    PluginLoader loader;

    /// Starts a host with these options, and makes it the current one.
    void start(const ManagerOptions &with) {
        auto log = sink_of<LogSink>(with.log);
        auto host = new_host();
        const HostConfig config = host_config(with);
        for (const CapabilityTypeDeclaration &declared : with.capability_types) {
            const OwnType type = own_type(declared);
            checked([&](Failure &failure) { declare_type(*host, type, failure); });
        }
        for (const Submodule &submodule : with.submodules) {
            const auto init = reinterpret_cast<const std::uint8_t *>(submodule.init);
            checked([&](Failure &failure) { register_submodule(*host, owned(submodule.name, "name"), init, failure); });
        }
        std::vector<OwnAgentData> agents;
        for (const OwnPrinterAgent &agent : with.printer_agents) {
            agents.push_back({owned(agent.id, "id"), owned(agent.name, "name")});
        }
        checked([&](Failure &failure) { set_printer_agents(*host, {agents.data(), agents.size()}, failure); });
        checked([&](Failure &failure) {
            host->start(config, log, sink_of<PostSink>(with.post), application_of(with), offer_of(with), failure);
        });
        const std::lock_guard lock(mutex);
        const auto &started = hosts.emplace_back(std::move(host), std::move(log));
        current.store(&*started.first, std::memory_order_release);
        sink.store(started.second.get(), std::memory_order_release);
        phase = Phase::Running;
    }
};

PluginManager::PluginManager() : state_(new State) {}
PluginManager::~PluginManager() = default;

PluginManager &PluginManager::instance() {
    static PluginManager &manager = *new PluginManager;
    return manager;
}

void PluginManager::configure(ManagerOptions options) {
    const std::lock_guard lock(state_->mutex);
    state_->options = std::move(options);
}

bool PluginManager::initialize() {
    ManagerOptions options;
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->phase == State::Phase::Starting) {
            state_->last_error = "The plugin manager is being started already; wait until that `initialize` returns";
            return false;
        }
        state_->last_error.clear();
        if (state_->phase == State::Phase::Running) {
            return true;
        }
        options = state_->options;
        state_->phase = State::Phase::Starting;
    }
    try {
        state_->start(options);
        return true;
    } catch (const std::exception &error) {
        const std::lock_guard lock(state_->mutex);
        state_->last_error = error.what();
        state_->phase = State::Phase::Stopped;
        return false;
    }
}

std::string PluginManager::last_error() const {
    const std::lock_guard lock(state_->mutex);
    return state_->last_error;
}

bool PluginManager::is_initialized() const {
    const std::lock_guard lock(state_->mutex);
    return state_->phase == State::Phase::Running;
}

void PluginManager::shutdown() {
    if (!is_initialized()) {
        return;
    }
    const Host &host = started_host();
    checked([&](Failure &failure) { host.shutdown(failure); });
    const std::lock_guard lock(state_->mutex);
    // meanwhile another thread may have ended this one and started the next
    if (current_host() == &host) {
        state_->phase = State::Phase::Stopped;
    }
}

void PluginManager::discover_plugins(bool async, bool) {
    checked([async](Failure &failure) {
        if (async) {
            started_host().start_discovery(failure);
        } else {
            started_host().discover(failure);
        }
    });
}

void PluginManager::rescan_plugins() {
    discover_plugins();
}

PluginCatalog &PluginManager::get_catalog() {
    return state_->catalog;
}
PluginLoader &PluginManager::get_loader() {
    return state_->loader;
}

std::optional<std::string> PluginManager::run_post_process_plugins(const PostProcessJob &job,
                                                                   const PostProcessReport &report) {
    const JobData data{owned(job.source, "source"),
                       job.make_copy,
                       owned(job.host, "host"),
                       owned(job.output_name, "output_name"),
                       texts(job.post_process_plugin, "post_process_plugin"),
                       texts(job.slicing_pipeline_plugin, "slicing_pipeline_plugin"),
                       optional_texts(job.plugins ? &*job.plugins : nullptr, "plugins")};
    StepSink steps{report, nullptr};
    Failure failure;
    const auto edited = started_host().run_post_process(data, slice_of(job), steps, failure);
    if (steps.thrown) {
        // the application wants no result: the copy goes as it does when a capability fails
        if (job.make_copy && !edited.empty()) {
            std::error_code ignored;
            std::filesystem::remove(std::string(edited.front()), ignored);
        }
        std::rethrow_exception(steps.thrown);
    }
    failure.check();
    if (edited.empty()) {
        return std::nullopt;
    }
    return std::string(edited.front());
}

MATRILINE_END_NAMESPACE
