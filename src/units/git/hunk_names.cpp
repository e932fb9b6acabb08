#include "units/git/hunk_names.hpp"

#include "units/git/line_names.hpp"

#include <algorithm>
#include <map>

namespace leakbisect::units {
namespace {

using strategies::UnitIndex;

// A name that so many hunks define is a local one of each of them.
constexpr std::size_t most_definitions = 4;

struct Names {
  LineNames added, removed;
};

bool is_header(const std::string& file) {
  const auto dot = file.rfind('.');
  return dot != std::string::npos && dot + 1 < file.size() && file[dot + 1] == 'h';
}

// Files that say what is built.
bool is_build_file(const std::string& file) {
  const std::string name = file.substr(file.rfind('/') + 1);
  return name.find("akefile") != std::string::npos || name == "CMakeLists.txt" ||
         name == "meson.build" || name.ends_with(".mk") || name == "Cargo.toml" ||
         name == "setup.py" || name == "Makefile.am";
}

class Needs {
 public:
  Needs(const std::vector<HunkText>& hunks, const KnownNames& known) : hunks_(hunks) {
    for (const HunkText& hunk : hunks) {
      Names names;
      for (const std::string& line : hunk.added) read_names(line, hunk.file, names.added);
      for (const std::string& line : hunk.removed) read_names(line, hunk.file, names.removed);
      names_.push_back(std::move(names));
    }
    for (UnitIndex i = 0; i < hunks.size(); ++i)
      for (const std::string& name : names_[i].added.defined) defined_by_[name].push_back(i);
    std::set<std::string> defined;
    for (const auto& [name, by] : defined_by_) defined.insert(name);
    known_ = known(defined);
  }

  std::vector<HunkNeed> find() {
    for (UnitIndex i = 0; i < hunks_.size(); ++i) {
      by_new_names(i);
      by_removed_names(i);
      by_arguments(i);
      if (hunks_[i].is_new_file || hunks_[i].is_gone) by_file(i);
    }
    return {needs_.begin(), needs_.end()};
  }

 private:
  void need(UnitIndex hunk, UnitIndex other) {
    if (hunk != other) needs_.emplace(hunk, other);
  }
  void join(UnitIndex a, UnitIndex b) {
    need(a, b);
    need(b, a);
  }

  void by_new_names(UnitIndex user) {
    const LineNames& names = names_[user].added;
    for (const std::string& name : names.used) {
      if (!defined_by_.contains(name) || names.defined.contains(name)) continue;
      if (known_.contains(name)) {
        by_import(user, name);
        continue;
      }
      for (const UnitIndex by : definitions_for(user, name)) need(user, by);
    }
  }

  // The name is known elsewhere, and brought into the user's file by another hunk.
  void by_import(UnitIndex user, const std::string& name) {
    const auto& before = hunks_[user].file_names;
    if (!before || before->contains(name)) return;
    for (const UnitIndex by : defined_by_.at(name))
      if (hunks_[by].file == hunks_[user].file && names_[by].added.brought.contains(name))
        need(user, by);
  }

  // Where the user's own file defines the name, that of another source file is another one.
  [[nodiscard]] std::vector<UnitIndex> definitions_for(UnitIndex user,
                                                       const std::string& name) const {
    const std::vector<UnitIndex>& by = defined_by_.at(name);
    const std::string& file = hunks_[user].file;
    const bool is_here =
        std::ranges::any_of(by, [&](UnitIndex i) { return hunks_[i].file == file; });
    std::vector<UnitIndex> chosen;
    for (const UnitIndex i : by)
      if (hunks_[i].file == file ||
          (names_[i].added.wide.contains(name) && (!is_here || is_header(hunks_[i].file))))
        chosen.push_back(i);
    if (chosen.size() > most_definitions) chosen.clear();
    return chosen;
  }

  // What is defined elsewhere instead goes together; what is defined nowhere any more needs its
  // uses to go first.
  void by_removed_names(UnitIndex hunk) {
    for (const std::string& name : names_[hunk].removed.defined) {
      if (names_[hunk].added.defined.contains(name)) continue;
      const auto moved = defined_by_.find(name);
      if (moved != defined_by_.end() && moved->second.size() <= most_definitions) {
        for (const UnitIndex by : moved->second)
          if (!names_[by].removed.defined.contains(name)) join(hunk, by);
        continue;
      }
      for (UnitIndex user = 0; user < hunks_.size(); ++user)
        if (names_[user].removed.used.contains(name) &&
            !names_[user].removed.defined.contains(name) && !names_[user].added.used.contains(name))
          need(hunk, user);
    }
  }

  // A signature that changes, and what is called by it.
  void by_arguments(UnitIndex hunk) {
    for (const auto& [name, now] : names_[hunk].added.arguments) {
      const auto before = names_[hunk].removed.arguments.find(name);
      const bool is_signature = names_[hunk].added.defined.contains(name);
      if (before == names_[hunk].removed.arguments.end() || before->second == now || !is_signature)
        continue;
      for (UnitIndex user = 0; user < hunks_.size(); ++user) {
        const auto calls = names_[user].added.arguments.find(name);
        if (calls == names_[user].added.arguments.end() || calls->second != now) continue;
        if (names_[user].removed.arguments.contains(name))
          join(hunk, user);
        else
          need(user, hunk);
      }
    }
  }

  void by_file(UnitIndex whole) {
    const std::string stem = stem_of(hunks_[whole].file);
    const bool is_new = hunks_[whole].is_new_file;
    for (UnitIndex user = 0; user < hunks_.size(); ++user) {
      const LineNames& names = is_new ? names_[user].added : names_[user].removed;
      if (is_build_file(hunks_[user].file) && names.used.contains(stem)) {
        join(user, whole);
      } else if (names.imported.contains(stem)) {
        if (is_new) need(user, whole);
        if (!is_new) need(whole, user);
      }
    }
  }

  const std::vector<HunkText>& hunks_;
  std::vector<Names> names_;
  std::map<std::string, std::vector<UnitIndex>> defined_by_;
  std::set<std::string> known_;
  std::set<HunkNeed> needs_;
};

}  // namespace

std::vector<HunkNeed> needs_among(const std::vector<HunkText>& hunks, const KnownNames& known) {
  return Needs(hunks, known).find();
}

}  // namespace leakbisect::units
