#pragma once

// Source maps, version 3: which line a person wrote became this line of a generated file. Written
// by webpack, vite, esbuild, tsc and others; index maps ("sections") are read too.
// https://tc39.es/ecma426/

#include "base/error.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::witness {

/// A place in a source. Lines and columns from 0.
struct Place {
  std::string source;  ///< as the map names it, below its "sourceRoot"
  int line = 0;
  int column = 0;
  std::string name;  ///< of what stands there, where the map says; or nothing
};

class SourceMap {
 public:
  /// Fails where `text` is no source map.
  static Result<SourceMap> parse(std::string_view text);

  /// The mapping at or before that place of the generated file, on its line. Lines and columns from
  /// 0.
  [[nodiscard]] std::optional<Place> at(int line, int column) const;
  /// What the tool read as that source, which may be a part of the file; empty: the map does not
  /// say.
  [[nodiscard]] const std::string& content_of(const std::string& source) const;

 private:
  struct Segment {
    int line, column;
    int source, source_line, source_column;  // source -1: made by the tool, nobody's
    int name;                                // -1: none
  };
  Result<> add(std::string_view mappings, int first_line, int first_column, int first_source,
               int first_name);
  friend struct MapReader;

  std::vector<std::string> sources_, names_;
  std::map<std::string, std::string> contents_;
  std::vector<Segment> segments_;  // by line, then column
};

/// The line of `file` (from 0) that stands in line `line` of `content`, which is the file, a part
/// of it (the script of a component), or what a tool made of it. Nothing where it cannot be told.
std::optional<int> line_in_file(std::string_view file, std::string_view content, int line);

/// Reads one base-64 VLQ from the front of `text` and takes it off. Nothing where there is none.
std::optional<int> take_vlq(std::string_view& text);

/// The address in the last "//# sourceMappingURL=" comment of a script; empty: there is none.
std::string source_map_address(std::string_view script);

/// The text of a "data:application/json;base64,..." address; fails for another.
Result<std::string> text_of_data_address(std::string_view address);

}  // namespace leakbisect::witness
