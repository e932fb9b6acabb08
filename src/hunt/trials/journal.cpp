#include "hunt/trials/journal.hpp"

#include "base/files.hpp"
#include "base/private_folder.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace leakbisect::hunt {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

fs::path file_in(const fs::path& directory) {
  return directory / "journal.jsonl";
}

json to_json(const FoundEnd& found) {
  return {{"type", "good_end"},
          {"good", found.good},
          {"bad", found.bad},
          {"sentence", found.sentence},
          {"trials", found.trials}};
}

FoundEnd found_from_json(const json& line) {
  FoundEnd found;
  line.at("good").get_to(found.good);
  line.at("bad").get_to(found.bad);
  line.at("sentence").get_to(found.sentence);
  line.at("trials").get_to(found.trials);
  return found;
}

struct Contents {
  Header header;
  std::optional<FoundEnd> found_end;
  std::optional<NotedRate> noted_rate;
  std::vector<trial::Record> finished;
  std::map<std::size_t, BuildWaits> waits;
  std::size_t whole_bytes = 0;  // up to the last whole line
};

// Every line but a torn last one must be whole: anything else is damage that a person must see.
Result<Contents> parse(const std::string& text, const fs::path& file) {
  Contents contents;
  std::size_t start = 0;
  int number = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    ++number;
    const json line = json::parse(text.substr(start, end - start), nullptr, false);
    start = end + 1;
    const auto damaged = [&](const std::string& why) {
      return fail("{}:{}: {}: the journal is damaged; start a new hunt in another folder",
                  file.string(), number, why);
    };
    if (line.is_discarded() || !line.is_object()) return damaged("not a JSON object");
    try {
      if (number == 1) {
        contents.header = header_from(line);
      } else if (line.at("type") == "trial") {
        const auto record = trial::record_from_json(line.at("trial"));
        if (!record) return damaged(record.error().message);
        contents.finished.push_back(*record);
      } else if (line.at("type") == "good_end") {
        contents.found_end = found_from_json(line);
        if (contents.found_end->trials > contents.finished.size())
          return damaged("it names more trials than there are");
      } else if (line.at("type") == "rate") {
        contents.noted_rate =
            NotedRate{line.at("rate"), line.at("sentence"), line.value("seconds", 0.0)};
      } else if (line.at("type") == "waits") {
        const std::size_t ask = line.at("ask");
        contents.waits.erase(contents.waits.lower_bound(ask), contents.waits.end());
        contents.waits[ask] = line.at("waits").get<BuildWaits>();
      }
    } catch (const json::exception&) {
      return damaged("a field is missing or has another type");
    }
  }
  if (number == 0)
    return fail("{}: empty: the hunt ended before it began; run it again", file.string());
  contents.whole_bytes = start;
  return contents;
}

Result<> append_line(const fs::path& file, bool is_read_only, const json& line) {
  if (is_read_only) return fail("internal error: {} was opened to be read", file.string());
  return append_synced(file, line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
}

Error no_hunt(const fs::path& directory) {
  return fail(
      "{} holds no hunt (no journal.jsonl): start one with `leakbisect run HUNT.json "
      "--out {}`",
      directory.string(), directory.string());
}

// One leakbisect a folder: two would fight for slots and ids.
Result<int> lock(const fs::path& directory) {
  const fs::path file = directory / "lock";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return fail("cannot open {}: {}", file.string(), std::strerror(errno));
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  ::close(fd);
  return fail("{}: another leakbisect works in this folder; wait for it, or choose another --out",
              directory.string());
}

}  // namespace

Journal::Journal(fs::path file, int lock_fd, Header header, std::vector<trial::Record> finished)
    : file_(std::move(file)),
      lock_(lock_fd),
      header_(std::move(header)),
      finished_(std::move(finished)) {}

Journal::~Journal() {
  if (lock_ >= 0) ::close(lock_);
}

Result<std::unique_ptr<Journal>> Journal::create(const fs::path& directory, const Header& header) {
  if (const auto made = make_private_folder(directory); !made) return made.error();
  std::error_code failed;
  const fs::path file = file_in(directory);
  if (fs::exists(file) && fs::file_size(file, failed) > 0)
    return fail(
        "{} holds a hunt already: go on with `leakbisect resume {}`, or choose another --out",
        directory.string(), directory.string());
  const auto locked = lock(directory);
  if (!locked) return locked.error();
  std::unique_ptr<Journal> journal(new Journal(file, *locked, header, {}));
  if (auto written = append_synced(file, header_json(header).dump() + "\n"); !written)
    return written.error();
  return journal;
}

Result<std::unique_ptr<Journal>> Journal::open(const fs::path& directory) {
  const fs::path file = file_in(directory);
  if (!fs::exists(file)) return no_hunt(directory);
  const auto locked = lock(directory);
  if (!locked) return locked.error();
  std::unique_ptr<Journal> journal(new Journal(file, *locked, {}, {}));
  const auto text = read_file(file);
  if (!text) return text.error();
  auto contents = parse(*text, file);
  if (!contents) return contents.error();
  if (contents->whole_bytes < text->size() &&
      ::truncate(file.c_str(), static_cast<off_t>(contents->whole_bytes)) != 0)
    return fail("cannot cut the torn last line off {}: {}", file.string(), std::strerror(errno));
  journal->header_ = std::move(contents->header);
  journal->finished_ = std::move(contents->finished);
  journal->waits_ = std::move(contents->waits);
  journal->found_end_ = std::move(contents->found_end);
  journal->noted_rate_ = std::move(contents->noted_rate);
  return journal;
}

Result<std::unique_ptr<Journal>> Journal::open_read_only(const fs::path& directory) {
  const fs::path file = file_in(directory);
  if (!fs::exists(file)) return no_hunt(directory);
  const auto text = read_file(file);
  if (!text) return text.error();
  auto contents = parse(*text, file);
  if (!contents) return contents.error();
  std::unique_ptr<Journal> journal(
      new Journal(file, -1, std::move(contents->header), std::move(contents->finished)));
  journal->waits_ = std::move(contents->waits);
  journal->found_end_ = std::move(contents->found_end);
  journal->noted_rate_ = std::move(contents->noted_rate);
  return journal;
}

double Journal::seconds_spent() const {
  return cost_s(finished_) / std::max(1, header_.jobs) + (noted_rate_ ? noted_rate_->seconds : 0);
}

double cost_s(std::span<const trial::Record> records) {
  double sum = 0;
  for (const trial::Record& record : records) sum += cost_s(record);
  return sum;
}

bool Journal::is_in_use(const fs::path& directory) {
  const int fd = ::open((directory / "lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool held = ::flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(fd);
  return held;
}

Result<> Journal::append(const trial::Record& record) {
  const json line = {{"type", "trial"}, {"trial", trial::to_json(record)}};
  return append_line(file_, read_only(), line);
}

Result<> Journal::note_end(FoundEnd found, std::vector<trial::Record> trials) {
  if (auto written = append_line(file_, read_only(), to_json(found)); !written) return written;
  found_end_ = std::move(found);
  finished_ = std::move(trials);
  return {};
}

Result<> Journal::note_rate(NotedRate noted) {
  const json line = {{"type", "rate"},
                     {"rate", noted.rate},
                     {"sentence", noted.sentence},
                     {"seconds", noted.seconds}};
  if (auto written = append_line(file_, read_only(), line); !written) return written;
  noted_rate_ = std::move(noted);
  return {};
}

Result<> Journal::note_waits(std::size_t ask, const BuildWaits& waits) {
  const json line = {{"type", "waits"}, {"ask", ask}, {"waits", waits}};
  if (auto written = append_line(file_, read_only(), line); !written) return written;
  waits_.erase(waits_.lower_bound(ask), waits_.end());
  waits_[ask] = waits;
  return {};
}

}  // namespace leakbisect::hunt
