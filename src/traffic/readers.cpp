#include "base/files.hpp"
#include "traffic/reader_list.hpp"

#include <array>
#include <filesystem>

namespace leakbisect::traffic {
namespace {

constexpr std::array table{
    Reader{"--har", "a browser's archive: the requests to the first one's host", true, read_har},
    Reader{"--access-log",
           "an access log of nginx, Apache or Caddy (common, combined, JSON lines): the mix by "
           "frequency",
           true, read_access_log},
    Reader{"--openapi", "an OpenAPI description (JSON or YAML): a request for each operation", true,
           read_openapi},
    Reader{"--http", "a .http file, or targets of vegeta", true, read_http_file},
    Reader{"--curl", "a curl command, in quotes", false, read_curl},
};

constexpr std::uintmax_t largest_recording = std::uintmax_t{1} << 30;

}  // namespace

std::span<const Reader> readers() {
  return table;
}

Result<Recording> read_recording(const Reader& reader, const std::string& value, Secrets secrets) {
  if (!reader.takes_file) return reader.read(value, std::string(reader.option), secrets);
  std::error_code failed;
  if (std::filesystem::file_size(value, failed) > largest_recording && !failed)
    return fail("{}: is larger than 1 GiB; give the last part of it: tail -n 1000000", value);
  const auto text = read_file(value);
  if (!text)
    return text.error().within(std::string("cannot read the file of ") +
                               std::string(reader.option));
  return reader.read(*text, value, secrets);
}

}  // namespace leakbisect::traffic
