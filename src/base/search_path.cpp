#include "base/search_path.hpp"

#include <cstdlib>
#include <string>

namespace leakbisect {

std::vector<std::filesystem::path> search_path() {
  std::vector<std::filesystem::path> folders;
  const char* const path = std::getenv("PATH");
  std::string rest = path != nullptr ? path : "/usr/bin:/bin";
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    folders.emplace_back(rest.substr(0, colon));
    rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
  }
  return folders;
}

}  // namespace leakbisect
