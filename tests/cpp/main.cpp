// The main function of every test, for Catch2 of version 2.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
