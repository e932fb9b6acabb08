#pragma once

// Takes one sample when told to, and keeps what has been sampled: the series in memory, the CSV on
// disk, the events, the cost. Synchronous; when to sample is the sampler's affair. The CSV holds
// every sample of the series, at most a second late.

#include "probe/generations.hpp"
#include "probe/heap_source.hpp"
#include "probe/sampler.hpp"
#include "probe/tree_reader.hpp"

#include <fstream>
#include <optional>
#include <string>

namespace leakbisect::probe {

/// What else a sample should hold.
struct Extra {
  std::optional<double> settled;
  std::optional<double> external;  ///< read together with it
  std::optional<double> requests;  ///< at the moment of these readings, when that is not now
  bool settle_anon = false;        ///< the tree's anonymous memory, read now, is the settled figure
};

class Recorder {
 public:
  /// Both arguments outlive the recorder.
  Recorder(const SamplerSpec& spec, const Sources& sources);

  /// Creates the CSV file with its header line.
  Result<> open();
  /// Samples the tree now. Nothing is recorded when no process of it can be read.
  Result<> take(const Extra& extra);
  void flush() { csv_.flush(); }

  /// A heap reading for the next sample.
  void note_heap(const HeapReading& reading) { fresh_heap_ = reading; }
  /// Processes that the last sample found, main process first.
  [[nodiscard]] const std::vector<pid_t>& members() const { return members_; }
  /// The server has answered something, so it is running.
  void note_answer();

  [[nodiscard]] double now_s() const;
  [[nodiscard]] std::optional<double> running_since_s() const { return running_since_s_; }
  [[nodiscard]] double rate_hz() const { return rate_.hz(); }
  [[nodiscard]] const stats::Series& series() const { return series_; }
  [[nodiscard]] const Generations& generations() const { return generations_; }
  [[nodiscard]] Generations& generations() { return generations_; }
  [[nodiscard]] Cost cost() const;

 private:
  TreeReading read_tree(double t_s);
  void fill_sample(const TreeReading& tree, const Extra& extra, stats::Sample& sample);
  void read_slowly(const TreeReading& tree, stats::Sample& sample);
  void check_cap(const TreeReading& tree);
  void keep_members(const TreeReading& tree);
  void add_note(std::string_view note);
  Result<> write(const stats::Sample& sample);

  const SamplerSpec& spec_;
  const Sources& sources_;
  Rate rate_;
  Generations generations_;
  TreeReader reader_;
  DearReader dear_;
  stats::Series series_;
  std::ofstream csv_;
  std::vector<pid_t> pids_;  ///< as the source told last
  double pids_due_s_ = 0;
  std::vector<pid_t> members_;
  std::optional<HeapReading> fresh_heap_;  ///< read since the last sample
  std::optional<double> running_since_s_;
  double descriptors_due_s_ = 0, cgroup_due_s_ = 0, flush_due_s_ = 0;
  double cpu_s_ = 0;
  std::string note_;
  bool capped_ = false;
};

}  // namespace leakbisect::probe
