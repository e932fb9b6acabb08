#pragma once

// Where a function that a runtime names was written: through the source map of a generated file, to
// a file below the server's folder. Reads files of that folder, while they are those that the
// server ran from; runs nothing.

#include "witness/recording.hpp"
#include "witness/source_map.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace leakbisect::witness {

class SourceFiles {
 public:
  /// `directory`: the server's own.
  explicit SourceFiles(const std::filesystem::path& directory);

  /// All stacks of `recording` with their frames where they were written.
  void resolve(Recording& recording);

 private:
  struct Script {
    std::filesystem::path path;      ///< empty: not found
    std::filesystem::path map_path;  ///< beside which relative sources are
    std::shared_ptr<const SourceMap> map;
  };
  Frame written(Frame frame);
  const Script& script_of(const std::string& file);
  void read_map(Script& script) const;
  /// The file below the folder whose path ends so, where there is only one.
  std::filesystem::path ending_in(const std::filesystem::path& end);
  [[nodiscard]] bool is_below(const std::filesystem::path& path) const;
  void place(Frame& frame, const std::filesystem::path& path) const;
  std::filesystem::path path_of_source(const Script& script, std::string source);
  const std::string& text_of(const std::filesystem::path& path);

  std::filesystem::path directory_;
  std::map<std::string, Script> scripts_;
  std::map<std::filesystem::path, std::string> texts_;  ///< of sources: each has many frames
  std::map<std::tuple<std::string, std::string, int, int>, Frame> known_;
  std::map<std::string, std::vector<std::filesystem::path>> by_name_;
  bool is_walked_ = false;
  std::set<std::string> unmapped_;
};

}  // namespace leakbisect::witness
