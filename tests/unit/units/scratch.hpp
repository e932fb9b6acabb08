#pragma once

// A folder for one test: written in a line or two, removed afterwards; git by its own binary, so
// that repositories are what users have. A snapshot holds all that a promise of "never written"
// means: names, kinds, modes, times to the nanosecond, contents.

#include "base/files.hpp"
#include "config/hunt_file.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>

#include <sys/stat.h>

namespace leakbisect::test {

namespace fs = std::filesystem;

/// The text of a file, or `other`.
inline std::string text_or(const fs::path& file, const std::string& other) {
  const auto text = read_file(file);
  return text ? *text : other;
}

class Scratch {
 public:
  Scratch() {
    char name[] = "/tmp/leakbisect-units-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { fs::remove_all(path_); }

  [[nodiscard]] fs::path operator/(const fs::path& below) const { return path_ / below; }
  [[nodiscard]] const fs::path& path() const { return path_; }

  void write(const fs::path& file, std::string_view text) const {
    fs::create_directories((path_ / file).parent_path());
    if (!write_atomic(path_ / file, text))
      throw std::runtime_error("cannot write " + file.string());
  }
  [[nodiscard]] std::string read(const fs::path& file) const {
    return text_or(path_ / file, "(none)");
  }

  /// Runs `git ARGUMENTS` in a folder below and returns what it printed, without the last newline.
  [[nodiscard]] std::string git(const fs::path& folder, const std::string& arguments) const {
    const fs::path out = path_ / "git.out";
    const std::string command = fmt::format(
        "cd '{}' && GIT_CONFIG_GLOBAL=/dev/null git -c user.name=Ada -c user.email=ada@example.org "
        "-c init.defaultBranch=main -c commit.gpgsign=false {} > '{}' 2>&1",
        (path_ / folder).string(), arguments, out.string());
    if (std::system(command.c_str()) != 0) {
      throw std::runtime_error(command + "\n" + text_or(out, ""));
    }
    std::string text = text_or(out, "");
    fs::remove(out);
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }
  /// Commits all there is, at a time that grows with every commit, and returns the id.
  std::string commit(const fs::path& folder, const std::string& subject) const {
    static_cast<void>(git(folder, "add -A"));
    ::setenv("GIT_COMMITTER_DATE", fmt::format("{} +0000", 1700000000 + 60 * ++commits_).c_str(),
             1);
    ::setenv("GIT_AUTHOR_DATE", "1700000000 +0000", 1);
    static_cast<void>(git(folder, "commit -q --allow-empty -m '" + subject + "'"));
    return git(folder, "rev-parse HEAD");
  }

 private:
  fs::path path_;
  mutable int commits_ = 0;
};

inline std::map<std::string, std::string> snapshot(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    struct stat found {};
    ::lstat(entry.path().c_str(), &found);
    std::string text = fmt::format("{:o} {} {}.{} {}\n", found.st_mode, found.st_nlink,
                                   found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_ino);
    if (entry.is_symlink()) {
      text += fs::read_symlink(entry.path()).string();
    } else if (entry.is_regular_file()) {
      text += text_or(entry.path(), "unreadable");
    }
    all[entry.path().string()] = text;
  }
  return all;
}

/// A hunt whose subject is `directory`.
inline config::HuntFile hunt_in(const Scratch& scratch, const fs::path& directory) {
  config::HuntFile hunt;
  hunt.file = scratch / "hunt.json";
  hunt.subject.emplace();
  hunt.subject->directory = scratch / directory;
  return hunt;
}

inline config::Component component(std::string name, config::Off off,
                                   std::vector<std::string> needs = {}) {
  config::Component made;
  made.name = std::move(name);
  made.off = std::move(off);
  made.needs = std::move(needs);
  return made;
}

/// True for a value; prints the error otherwise.
template <class T>
bool ok(const Result<T>& result) {
  if (!result) fmt::print(stderr, "{}\n", result.error().message);
  return result.has_value();
}

/// True when `error` holds all of `parts`.
template <class... Parts>
bool says(const std::string& message, const Parts&... parts) {
  return ((message.find(parts) != std::string::npos) && ...);
}

}  // namespace leakbisect::test
