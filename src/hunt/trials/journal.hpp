#pragma once

// The append-only record that makes a hunt resumable: DIR/journal.jsonl. The first line says what
// is hunted, then one line a finished trial, one for a good end and one for a rate that had to be
// found, and one wherever the waiting for builds has changed before an ask. Each line is whole and
// synced before the next step; a torn last line is ignored, and cut off when the hunt goes on.

#include "base/error.hpp"
#include "hunt/trials/journal_header.hpp"
#include "trial/record.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace leakbisect::hunt {

/// The range of a hunt that named no good end, as its first trials found it.
struct FoundEnd {
  std::string good, bad;   ///< full shas
  std::string sentence;    ///< how it was found, for a person
  std::size_t trials = 0;  ///< the journal's first ones, which found it
};

/// The rate of the load, where the hunt file leaves it open, as it was found before the first
/// trial.
struct NotedRate {
  double rate = 0;       ///< requests a second
  std::string sentence;  ///< how it was found, for a person
  double seconds = 0;    ///< that finding it took, its build included
};

/// Seconds that a trial would wait for its build, by unit; not there: it would be built anew.
using BuildWaits = std::map<strategies::UnitIndex, double>;

class Journal {
 public:
  /// Starts a new journal in `directory` (made if needed). Fails when it holds one already, or when
  /// another leakbisect works there.
  static Result<std::unique_ptr<Journal>> create(const std::filesystem::path& directory,
                                                 const Header& header);
  /// Opens the journal of `directory`; a torn last line is cut off.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& directory);

  /// Opens without locking or changing anything, for `status` and `report`; append() then fails.
  static Result<std::unique_ptr<Journal>> open_read_only(const std::filesystem::path& directory);

  /// True while another leakbisect hunts in `directory`.
  static bool is_in_use(const std::filesystem::path& directory);

  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  [[nodiscard]] const Header& header() const { return header_; }
  /// Finished trials found when the journal was opened, in the order they finished.
  [[nodiscard]] const std::vector<trial::Record>& finished() const { return finished_; }
  /// The good end that was found, where the hunt file names none.
  [[nodiscard]] const std::optional<FoundEnd>& found_end() const { return found_end_; }
  /// Notes and syncs it. `trials` are those that found it, which are finished() from now on.
  Result<> note_end(FoundEnd found, std::vector<trial::Record> trials);
  /// The rate that was found, where the hunt file leaves it open.
  [[nodiscard]] const std::optional<NotedRate>& noted_rate() const { return noted_rate_; }
  Result<> note_rate(NotedRate noted);
  /// What was noted before asks, by the number of the ask in the hunt.
  [[nodiscard]] const std::map<std::size_t, BuildWaits>& waits() const { return waits_; }
  /// Notes and syncs what the choice at ask number `ask` knows; takes back what was noted of it and
  /// of later ones.
  Result<> note_waits(std::size_t ask, const BuildWaits& waits);
  /// Wall time of those trials, by the slots they shared, and of finding the rate.
  [[nodiscard]] double seconds_spent() const;
  [[nodiscard]] bool read_only() const { return lock_ < 0; }
  /// For this run: another budget (seconds, for the whole hunt) than the hunt began with.
  void extend_budget(double budget_s) { header_.budget_s = budget_s; }
  /// Appends a finished trial and syncs it.
  Result<> append(const trial::Record& record);

 private:
  Journal(std::filesystem::path file, int lock, Header header, std::vector<trial::Record> finished);

  std::filesystem::path file_;
  int lock_;  // descriptor of DIR/lock; -1: read only
  Header header_;
  std::vector<trial::Record> finished_;
  std::map<std::size_t, BuildWaits> waits_;
  std::optional<FoundEnd> found_end_;
  std::optional<NotedRate> noted_rate_;
};

/// Seconds that a trial took, its build included.
inline double cost_s(const trial::Record& record) {
  return record.seconds + record.build_seconds;
}
/// The same of several, one after the other.
double cost_s(std::span<const trial::Record> records);

/// A digest of unit names in order (FNV-1a, 64 bits, in hex).
std::string digest_of(const strategies::Names& names);

}  // namespace leakbisect::hunt
