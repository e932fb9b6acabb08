#include "units/slots/overlay.hpp"

#include "base/files.hpp"
#include "units/slots/tree.hpp"

namespace leakbisect::units {

namespace fs = std::filesystem;

Result<std::string> Overlay::read(const std::string& path) const {
  const auto inside = resolve_inside(root_, path);
  if (!inside) return inside.error();
  if (const auto found = changes_.find(*inside); found != changes_.end()) {
    if (found->second) return *found->second;
    return fail("{} is switched off as a whole", path);
  }
  // A link may lead anywhere: reading what it leads to is harmless.
  if (!fs::exists(root_ / *inside)) return fail("there is no file {}", path);
  return read_file(root_ / *inside);
}

Result<> Overlay::write(const std::string& path, std::string text) {
  const auto inside = resolve_inside(root_, path);
  if (!inside) return inside.error();
  changes_[*inside] = std::move(text);
  return {};
}

Result<> Overlay::remove(const std::string& path) {
  const auto inside = resolve_inside(root_, path);
  if (!inside) return inside.error();
  const TreeEntry entry = read_entry(root_, *inside);
  if (entry.type == fs::file_type::not_found && !changes_.contains(*inside)) {
    return fail("there is no file {}", path);
  }
  if (entry.type != fs::file_type::directory) {
    changes_[*inside] = std::nullopt;
    return {};
  }
  for (const TreeEntry& below : read_tree(root_ / *inside)) {
    if (below.type != fs::file_type::directory) {
      changes_[*inside + "/" + below.path] = std::nullopt;
    }
  }
  return {};
}

bool Overlay::exists(const std::string& path) const {
  const auto inside = resolve_inside(root_, path);
  if (!inside) return false;
  const auto found = changes_.find(*inside);
  if (found != changes_.end()) return found->second.has_value();
  return read_entry(root_, *inside).type != fs::file_type::not_found;
}

}  // namespace leakbisect::units
