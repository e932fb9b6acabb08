#pragma once

// What is written down about a running tree, so that the next leakbisect can end it when this one
// is killed. Written before the program starts (its marker and groups are known by then) and again
// with its pid.

#include "subject/cgroup.hpp"
#include "subject/procfs.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::subject {

struct Record {
  std::string marker;  ///< unique: the name and a random suffix
  std::string boot;    ///< boot_id() of the time
  ProcessId owner;     ///< the leakbisect that answers for the tree
  ProcessId main;      ///< pid 0 while it has not started
  std::vector<std::filesystem::path> groups;
};

std::string to_json(const Record& record);
std::optional<Record> parse_record(std::string_view text);

/// `name` in letters that suit file names, cgroups and environment, with a random suffix.
std::string unique_marker(std::string_view name);

/// Where the record of `marker` lies; its folder is made by write_record.
std::filesystem::path record_file(const std::filesystem::path& state_directory,
                                  std::string_view marker);
bool is_record_file(const std::filesystem::path& file);
Result<> write_record(const std::filesystem::path& file, const Record& record);

}  // namespace leakbisect::subject
