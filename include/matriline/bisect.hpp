#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "matriline/export.hpp"
#include "matriline/version.hpp"

MATRILINE_BEGIN_NAMESPACE

/// A search for the plugins that make an application fail, from answers good and bad.
///
/// The application starts with the plugins of `to_load` (`PluginManager::load_enabled_among`), the user says whether
/// the fault is there, and so on. Of `n` plugins a single guilty one is found with `log2 n + 2` answers; several that
/// do harm only together are found too. As the application is started anew for each answer, the search can be kept as a
/// line of text.
///
/// It needs no manager. Threads: any, one at a time.
class MATRILINE_EXPORT Bisect {
public:
    /// What the user saw.
    enum class Answer : unsigned char {
        /// The fault was not there.
        Good,
        /// The fault was there.
        Bad,
    };

    /// What came out.
    enum class Finding : unsigned char {
        /// Nothing yet.
        None,
        /// `guilty` makes the fault.
        Guilty,
        /// The fault is there without any plugin.
        NoPlugin,
        /// The fault is not there with all plugins.
        NoFault,
    };

    /// A search among plugins, with all of which the fault is said to be there. A key that comes twice counts once.
    /// Throws `Error` when one is not UTF-8.
    explicit Bisect(const std::vector<std::string> &keys);

    /// Reads what `to_text` wrote; throws `Error` with `ErrorCode::InvalidArgument` for any other text.
    static Bisect from_text(std::string_view text);

    Bisect(Bisect &&) noexcept;
    Bisect &operator=(Bisect &&) noexcept;
    ~Bisect();

    /// The plugins to start with now; at first, and when the search is over, none.
    std::vector<std::string> to_load() const;

    /// The plugins that may still be guilty, without those that are known to be.
    std::vector<std::string> suspects() const;

    /// How many more answers a search for a single plugin takes at the most.
    unsigned steps_left() const;

    /// Says whether the fault was there with `to_load`. Does nothing once the search is over.
    void answer(Answer answer);

    Finding finding() const;

    /// The plugins that make the fault, with `Finding::Guilty`; several make it only together.
    std::vector<std::string> guilty() const;

    /// The search as a line of text.
    std::string to_text() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

MATRILINE_END_NAMESPACE
