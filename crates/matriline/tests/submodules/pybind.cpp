// An extension module of pybind11.
#include <pybind11/pybind11.h>

#include <stdexcept>

namespace {
class Counter {
public:
    explicit Counter(int value) : value_(value) {}

    int add(int more)
    {
        if (more < 0)
            throw std::invalid_argument("negative");
        return value_ += more;
    }

    int value() const { return value_; }

    struct Step {};

private:
    int value_;
};

struct Full : std::runtime_error {
    using std::runtime_error::runtime_error;
};
} // namespace

PYBIND11_MODULE(pybind, module)
{
    pybind11::class_<Counter> counter(module, "Counter");
    counter.def(pybind11::init<int>())
        .def("add", &Counter::add)
        .def_property_readonly("value", &Counter::value);
    pybind11::class_<Counter::Step>(counter, "Step");
    pybind11::register_exception<Full>(module, "Full");
    module.def("twice", [](int number) { return 2 * number; });
}
