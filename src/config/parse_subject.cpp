#include "base/nearest.hpp"
#include "config/rules.hpp"
#include "config/sections.hpp"

#include <nlohmann/json.hpp>

namespace leakbisect::config {
namespace {

Ready read_ready(const Value& value) {
  Ready ready;
  const Object object(value, {"tcp", "http", "log", "timeout"});
  const auto kind = object.one_of({"tcp", "http", "log"});
  if (kind == "http") ready.kind = Ready::Kind::http;
  if (kind == "log") ready.kind = Ready::Kind::log;
  bool tcp = false;
  object.read("tcp", tcp, only_true("true, or \"http\" or \"log\" instead"));
  object.read("http", ready.http_path, http_path());
  object.read("log", ready.log_pattern, regular_expression(0));
  object.read("timeout", ready.timeout_s, duration());
  return ready;
}

Stop read_stop(const Value& value) {
  Stop stop;
  const Object object(value, {"signal", "grace"});
  object.read("signal", stop.signal, signal_number());
  object.read("grace", stop.grace_s, duration(Zero::allowed));
  return stop;
}

Rule<BuildMode> build_mode() {
  static const std::vector<std::string> words{"auto", "incremental", "clean"};
  return {one_of_text(words),
          [](const Value& value, const std::string& allowed) -> std::optional<BuildMode> {
            const auto given = text(allowed)(value);
            if (!given) return std::nullopt;
            for (std::size_t i = 0; i < words.size(); ++i)
              if (*given == words[i]) return static_cast<BuildMode>(i);
            return value.refuse("is not a mode of building" + did_you_mean(nearest(*given, words)),
                                allowed);
          },
          words_schema(words)};
}

}  // namespace

Rule<std::filesystem::path> existing_directory(std::filesystem::path folder) {
  using Path = std::filesystem::path;
  return {"a folder that is there; a relative one is looked for beside the hunt file",
          [folder = std::move(folder)](const Value& value,
                                       const std::string& allowed) -> std::optional<Path> {
            const auto given = text(allowed)(value);
            if (!given) return std::nullopt;
            Path path = (folder / *given).lexically_normal();
            if (!path.has_filename() && path.has_relative_path()) path = path.parent_path();
            std::error_code failed;
            const auto status = std::filesystem::status(path, failed);
            if (!std::filesystem::exists(status))
              return value.refuse(fmt::format("({}) does not exist", path.string()), allowed);
            if (!std::filesystem::is_directory(status))
              return value.refuse(fmt::format("({}) is not a folder", path.string()), allowed);
            return path;
          },
          R"({"type":"string","minLength":1})"};
}

Subject read_subject(const Value& value, const std::filesystem::path& folder) {
  Subject subject;
  const Object object(value, {"directory", "build", "build_timeout", "build_mode", "artifacts",
                              "start", "env", "port", "ready", "stop", "log_cap"});
  object.require("directory", subject.directory, existing_directory(folder));
  object.read("build", subject.build, command());
  object.read("build_timeout", subject.build_timeout_s, duration());
  object.read("build_mode", subject.build_mode, build_mode());
  object.read("artifacts", subject.artifacts,
              list_of(path_below("/subject/directory"), R"(an array of paths such as ["dist"])"));
  object.require("start", subject.start, command());
  object.read("env", subject.env, environment());
  object.read("port", subject.port, whole_number(1, 65535));
  if (const auto ready = object.find("ready")) subject.ready = read_ready(*ready);
  if (const auto stop = object.find("stop")) subject.stop = read_stop(*stop);
  object.read("log_cap", subject.log_cap_bytes, size());
  return subject;
}

Oracle read_oracle(const Value& value) {
  Oracle oracle;
  const auto rate = number("a probability from 0 to below 0.5", Range{0, 0.5, false, true});
  const Object object(value, {"command", "false_positive", "false_negative", "timeout"});
  object.require("command", oracle.command, command());
  object.read("false_positive", oracle.false_positive, rate);
  object.read("false_negative", oracle.false_negative, rate);
  object.read("timeout", oracle.timeout_s, duration());
  return oracle;
}

}  // namespace leakbisect::config
