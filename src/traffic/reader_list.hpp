#pragma once

// What the readers' files have for the table in readers.cpp.

#include "traffic/traffic.hpp"

namespace leakbisect::traffic {

Result<Recording> read_har(std::string_view text, const std::string& name, Secrets secrets);
Result<Recording> read_access_log(std::string_view text, const std::string& name, Secrets secrets);
Result<Recording> read_openapi(std::string_view text, const std::string& name, Secrets secrets);
Result<Recording> read_http_file(std::string_view text, const std::string& name, Secrets secrets);
Result<Recording> read_curl(std::string_view text, const std::string& name, Secrets secrets);

}  // namespace leakbisect::traffic
