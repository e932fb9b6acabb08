#include "hunt/trials/journal.hpp"

namespace leakbisect::hunt {

std::string digest_of(const strategies::Names& names) {
  std::uint64_t hash = 14695981039346656037ull;
  const auto add = [&](unsigned char byte) { hash = (hash ^ byte) * 1099511628211ull; };
  for (const std::string& name : names) {
    for (const char c : name) add(static_cast<unsigned char>(c));
    add(0);
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace leakbisect::hunt
