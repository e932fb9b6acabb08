#include "units/components/switch_effects.hpp"

#include "base/files.hpp"
#include "base/pattern.hpp"
#include "base/search_path.hpp"
#include "units/components/component_off.hpp"
#include "units/slots/tree.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace leakbisect::units {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_bytes = 256 << 20;

// Clients whose server's files are not the subject's.
constexpr std::array clients{"docker", "podman", "nerdctl",     "docker-compose", "kubectl",
                             "ssh",    "lxc",    "systemd-run", "machinectl",     "nsenter"};
// Variables that runtimes and libraries read, wherever those lie.
constexpr std::array runtimes{"NODE_", "LD_",    "MALLOC_", "PYTHON", "JAVA_",   "JDK_", "GO",
                              "RUBY",  "GLIBC_", "LC_",     "UV_",    "DOTNET_", "PHP",  "BUN_",
                              "DENO_", "RAILS_", "OTEL_",   "SSL_",   "OPENSSL", "TZ"};

// A program along PATH, or a path in the subject's directory.
fs::path file_of_word(const std::string& word, const fs::path& directory) {
  std::error_code failed;
  if (word.find('/') != std::string::npos) return directory / word;
  if (fs::is_regular_file(directory / word, failed)) return directory / word;
  for (const fs::path& folder : search_path())
    if (fs::is_regular_file(folder / word, failed)) return folder / word;
  return {};
}

// The words of a command; of one for the shell those of its line.
std::vector<std::string> words_of(const config::Command& command) {
  std::vector<std::string> words;
  for (const std::string& argument : command.argv) {
    std::string word;
    for (const char c : argument + " ") {
      const bool splits = std::string_view(" \t\n;&|()\"'").find(c) != std::string_view::npos;
      if (!splits) word += c;
      if (splits && !word.empty()) words.push_back(std::exchange(word, ""));
    }
  }
  return words;
}

// Where names of variables may stand: every file of the subject, and what its command names.
class Readers {
 public:
  explicit Readers(const config::Subject& subject) {
    for (const std::string& word : words_of(subject.start)) {
      const std::string name = fs::path(word).filename().string();
      if (std::ranges::find(clients, name) != clients.end()) is_foreign_ = true;
      words_.push_back(word);
      add(file_of_word(word, subject.directory));
    }
    if (subject.build)
      for (const std::string& word : words_of(*subject.build)) words_.push_back(word);
    for (const auto& [name, value] : subject.env) words_.push_back(value);
    for (const TreeEntry& entry : read_tree(subject.directory))
      if (entry.type == fs::file_type::regular) add(subject.directory / entry.path);
  }

  // The names that stand nowhere; none where not all can be read.
  [[nodiscard]] std::set<std::string> without(std::set<std::string> names) const {
    if (is_foreign_ || bytes_ > most_bytes) return {};
    const auto strike = [&](std::string_view text) {
      std::erase_if(names, [&](const std::string& name) { return holds_word(text, name); });
    };
    for (const std::string& word : words_) strike(word);
    for (const auto& [size, file] : files_) {
      if (names.empty()) break;
      const auto text = read_file(file);
      if (!text) return {};
      strike(*text);
    }
    return names;
  }

  [[nodiscard]] std::size_t count() const { return files_.size(); }

 private:
  void add(const fs::path& file) {
    std::error_code failed;
    const auto size = file.empty() ? 0 : fs::file_size(file, failed);
    if (file.empty() || failed || !files_.emplace(size, fs::canonical(file, failed)).second) return;
    bytes_ += size;
  }

  std::set<std::pair<std::uintmax_t, fs::path>> files_;  // small ones first
  std::vector<std::string> words_;
  std::uintmax_t bytes_ = 0;
  bool is_foreign_ = false;
};

bool is_of_runtime(const std::string& name) {
  return std::ranges::any_of(runtimes, [&](const char* begin) { return name.starts_with(begin); });
}

// Files that switching off would write as they are.
std::optional<std::string> left_as_it_is(const config::HuntFile& hunt, const ComponentUnit& unit) {
  Overlay overlay(hunt.subject->directory);
  Applied applied;
  const ComponentUnit* const alone = &unit;
  if (!switch_off({&alone, 1}, hunt.file.parent_path(), overlay, applied)) return std::nullopt;
  const auto& changes = overlay.changes();
  if (changes.empty()) return std::nullopt;
  for (const auto& [path, text] : changes) {
    const auto now = read_file(hunt.subject->directory / path);
    if (!text || !now || *now != *text) return std::nullopt;
  }
  return changes.begin()->first;
}

}  // namespace

std::vector<Doubt> doubtful_switches(const config::HuntFile& hunt) try {
  std::vector<Doubt> doubts;
  const auto* components = std::get_if<config::ComponentUnits>(&hunt.units);
  if (components == nullptr || !hunt.subject) return doubts;
  const auto units = component_units(hunt, *components);
  if (!units) return doubts;
  std::set<std::string> names;
  for (const ComponentUnit& unit : *units)
    if (const auto* env = std::get_if<config::OffEnv>(&unit.component.off))
      for (const auto& [name, value] : env->set)
        if (!is_of_runtime(name)) names.insert(name);
  const Readers readers(*hunt.subject);
  if (!names.empty()) names = readers.without(std::move(names));
  for (const ComponentUnit& unit : *units) {
    const std::string place = unit.place + "/off";
    if (const auto file = left_as_it_is(hunt, unit))
      doubts.push_back({place, fmt::format("switching \"{}\" off leaves {} as it is: it can never "
                                           "be found; give it what is there without it",
                                           unit.component.name, *file)});
    const auto* env = std::get_if<config::OffEnv>(&unit.component.off);
    if (env == nullptr) continue;
    for (const auto& [name, value] : env->set)
      if (names.contains(name))
        doubts.push_back(
            {fmt::format("{}/env/{}", place, name),
             fmt::format("none of the {} files of {} and of the start command names \"{}\": if "
                         "nobody reads it, \"{}\" is never off and can never be found",
                         readers.count(), hunt.subject->directory.string(), name,
                         unit.component.name)});
  }
  return doubts;
} catch (const fs::filesystem_error&) {
  return {};  // what cannot be read can say nothing
}

}  // namespace leakbisect::units
