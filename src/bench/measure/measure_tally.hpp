#pragma once

// Counting answers: wrong, undecided, seconds and requests of a rule on a set.

#include "bench/measure/measure_cases.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace leakbisect::bench {

struct RuleTally {
  int clean = 0, leaking = 0;
  int wrong_clean = 0, wrong_leaking = 0;
  int open_clean = 0, open_leaking = 0;
  std::vector<double> seconds, requests;  ///< an undecided run counts as t_max_s

  void add(const Judged& truth, const Answer& answer, double from_s, double t_max_s);
  [[nodiscard]] int runs() const { return clean + leaking; }
  [[nodiscard]] int wrong() const { return wrong_clean + wrong_leaking; }
  [[nodiscard]] int open() const { return open_clean + open_leaking; }
  /// All of another tally's runs as well.
  void merge(const RuleTally& other);
};

/// Wilson's 95 % interval of a share.
std::pair<double, double> wilson(int hits, int of);
double mean(const std::vector<double>& values);
double median(std::vector<double> values);

/// One line of the table, and the table's head.
std::string rule_table_head();
std::string table_line(const std::string& rule, const RuleTally& tally);
/// One JSON object: the cell of a rule on a set.
std::string jsonl_line(const std::string& rule, const std::string& set, const RuleTally& tally);

}  // namespace leakbisect::bench
