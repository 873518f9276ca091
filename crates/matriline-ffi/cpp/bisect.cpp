#include "matriline/bisect.hpp"

#include "host.hpp"

MATRILINE_BEGIN_NAMESPACE

using namespace matriline::detail;

struct Bisect::State {
    rust::Box<Search> search;
};

Bisect::Bisect(Bisect &&) noexcept = default;
Bisect &Bisect::operator=(Bisect &&) noexcept = default;
Bisect::~Bisect() = default;

Bisect::Bisect(const std::vector<std::string> &keys) {
    const auto among = texts(keys, "keys");
    auto search = checked([&](Failure &failure) { return new_search(among, failure); });
    state_ = std::make_unique<State>(State{std::move(search)});
}

Bisect Bisect::from_text(std::string_view line) {
    Bisect read({});
    read.state_->search = checked([&](Failure &failure) { return read_search(text(line, "text"), failure); });
    return read;
}

std::vector<std::string> Bisect::to_load() const {
    return copied(checked([&](Failure &failure) { return state_->search->to_load(failure); }));
}

std::vector<std::string> Bisect::suspects() const {
    return copied(checked([&](Failure &failure) { return state_->search->suspects(failure); }));
}

unsigned Bisect::steps_left() const {
    return checked([&](Failure &failure) { return state_->search->steps_left(failure); });
}

void Bisect::answer(Answer answer) {
    checked([&](Failure &failure) { state_->search->answer(answer == Answer::Bad, failure); });
}

Bisect::Finding Bisect::finding() const {
    switch (checked([&](Failure &failure) { return state_->search->end(failure); })) {
    case SearchEnd::Guilty:
        return Finding::Guilty;
    case SearchEnd::NoPlugin:
        return Finding::NoPlugin;
    case SearchEnd::NoFault:
        return Finding::NoFault;
    case SearchEnd::None:
        break;
    }
    return Finding::None;
}

std::vector<std::string> Bisect::guilty() const {
    return copied(checked([&](Failure &failure) { return state_->search->guilty(failure); }));
}

std::string Bisect::to_text() const {
    return std::string(checked([&](Failure &failure) { return state_->search->text(failure); }));
}

MATRILINE_END_NAMESPACE
