#pragma once

// Catch2 of version 3, or of version 2, which Debian has
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
