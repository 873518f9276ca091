#pragma once

#include <string>

/// The bytes of a file. Throws `std::runtime_error` that tells which option to give another one with.
std::string read_file(const std::string &path, const std::string &option);

/// Puts a whole file in the place of another one: it is written beside it first, so that nobody ever finds half of it.
/// Throws `std::runtime_error`, and the old one stays.
void replace_file(const std::string &path, const std::string &text);
