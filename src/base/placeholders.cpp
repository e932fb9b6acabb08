#include "base/placeholders.hpp"

namespace leakbisect {

std::string fill(std::string_view text, const Placeholders& values) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto open = text.find('{');
    out.append(text.substr(0, open));
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const auto close = text.find('}');
    const auto known = close == std::string_view::npos
                           ? values.end()
                           : values.find(std::string(text.substr(1, close - 1)));
    if (known == values.end()) {
      out.push_back('{');
      text.remove_prefix(1);
    } else {
      out.append(known->second);
      text.remove_prefix(close + 1);
    }
  }
  return out;
}

}  // namespace leakbisect
