#pragma once

/// Marks what the library exports. Everything else in it is hidden.
#if defined(_WIN32)
#if defined(MATRILINE_BUILDING)
#define MATRILINE_EXPORT __declspec(dllexport)
#elif defined(MATRILINE_STATIC)
#define MATRILINE_EXPORT
#else
#define MATRILINE_EXPORT __declspec(dllimport)
#endif
#else
#define MATRILINE_EXPORT __attribute__((visibility("default")))
#endif
