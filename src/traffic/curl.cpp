// A curl command, as documentation has it and as browsers copy it.

#include "base/files.hpp"
#include "base/shell_words.hpp"
#include "traffic/reader_list.hpp"
#include "traffic/wire_words.hpp"

#include <set>

namespace leakbisect::traffic {
namespace {

// Options with a value that says nothing of the request.
bool takes_value(const std::string& option) {
  static const std::set<std::string> options{"-o",
                                             "--output",
                                             "-m",
                                             "--max-time",
                                             "--connect-timeout",
                                             "-w",
                                             "--write-out",
                                             "-x",
                                             "--proxy",
                                             "--cacert",
                                             "-E",
                                             "--cert",
                                             "--key",
                                             "--resolve",
                                             "--retry",
                                             "--retry-delay",
                                             "-c",
                                             "--cookie-jar",
                                             "-A",
                                             "--user-agent",
                                             "-e",
                                             "--referer",
                                             "--limit-rate",
                                             "--interface",
                                             "-K",
                                             "--config",
                                             "-D",
                                             "--dump-header",
                                             "--max-redirs",
                                             "-Y",
                                             "-y",
                                             "-r",
                                             "--range",
                                             "-z",
                                             "--ciphers",
                                             "--tls-max",
                                             "--unix-socket",
                                             "--connect-to",
                                             "--dns-servers",
                                             "-T",
                                             "--upload-file",
                                             "-F",
                                             "--form",
                                             "--form-string"};
  return options.contains(option);
}

struct Parsed {
  Seen seen;
  std::string url;
  bool has_method = false;
  bool has_url = false;
  bool data_in_url = false;
  std::vector<std::string> passed_over;
};

class Curl {
 public:
  Curl(const std::string& name, Secrets secrets) : name_(name), withheld_(secrets) {}

  Result<Recording> read(std::string_view text) {
    auto words = shell_words(text);
    if (!words) return words.error().within(name_);
    std::size_t first = 0;
    if (!words->empty() && (words->front() == "curl" || words->front().ends_with("/curl")))
      first = 1;
    for (std::size_t i = first; i < words->size(); ++i)
      if (auto done = take(*words, i); !done) return done.error();
    return finish();
  }

 private:
  // A short option may have its value behind it without a space: -XPOST.
  Result<> take(const std::vector<std::string>& words, std::size_t& i) {
    std::string option = words[i];
    std::optional<std::string> value;
    if (!option.starts_with('-') || option == "-") return url(option);
    if (option.starts_with("--")) {
      if (const auto equals = option.find('='); equals != std::string::npos) {
        value = option.substr(equals + 1);
        option.erase(equals);
      }
    } else if (option.size() > 2 && needs_value(option.substr(0, 2))) {
      value = option.substr(2);
      option.erase(2);
    }
    if (!needs_value(option)) return flag(option);
    if (!value) {
      if (i + 1 >= words.size())
        return fail("{}: {} has no value; was the command cut off?", name_, option);
      value = words[++i];
    }
    return with_value(option, *value);
  }

  static bool needs_value(const std::string& option) {
    static const std::set<std::string> ours{"-X",
                                            "--request",
                                            "-H",
                                            "--header",
                                            "-d",
                                            "--data",
                                            "--data-raw",
                                            "--data-binary",
                                            "--data-ascii",
                                            "--data-urlencode",
                                            "--json",
                                            "-u",
                                            "--user",
                                            "-b",
                                            "--cookie",
                                            "--url",
                                            "--oauth2-bearer"};
    return ours.contains(option) || takes_value(option);
  }

  Result<> url(const std::string& word) {
    if (parsed_.has_url)
      return fail("{}: has two URLs, {} and {}; give --curl once for each request", name_,
                  parsed_.url, word);
    parsed_.url = word;
    parsed_.has_url = true;
    return {};
  }

  Result<> flag(const std::string& option) {
    if (option == "-G" || option == "--get") parsed_.data_in_url = true;
    if (option == "-I" || option == "--head") method("HEAD");
    return {};
  }

  void method(const std::string& word) {
    parsed_.seen.method = word;
    parsed_.has_method = true;
  }

  Result<> with_value(const std::string& option, const std::string& value) {
    Seen& seen = parsed_.seen;
    if (option == "-X" || option == "--request") {
      method(value);
    } else if (option == "--url") {
      return url(value);
    } else if (option == "-H" || option == "--header") {
      const auto colon = value.find(':');
      if (colon == std::string::npos)
        return fail("{}: the header \"{}\" has no colon; expected \"Name: value\"", name_, value);
      withheld_.add_header(seen, std::string(stripped(value.substr(0, colon))),
                           std::string(stripped(value.substr(colon + 1))));
    } else if (option == "-u" || option == "--user" || option == "--oauth2-bearer") {
      withheld_.add_header(seen, "Authorization",
                           option == "--oauth2-bearer" ? "Bearer " + value : basic(value));
    } else if (option == "-b" || option == "--cookie") {
      withheld_.add_header(seen, "Cookie", value);
    } else if (option == "-F" || option == "--form" || option == "-T" ||
               option == "--upload-file") {
      return fail("{}: {} sends files, which a load does not; write the body by --data-binary",
                  name_, option);
    } else if (!takes_value(option)) {
      return data(option, value);
    }
    return {};
  }

  Result<> data(const std::string& option, const std::string& value) {
    Seen& seen = parsed_.seen;
    std::string text = value;
    if (value.starts_with('@') && option != "--data-raw") {
      const auto file = read_file(value.substr(1));
      if (!file) return file.error().within(name_ + " " + option);
      text = *file;
    }
    if (!seen.body.empty()) seen.body += option == "--json" ? "" : "&";
    seen.body += text;
    if (option == "--json") withheld_.add_header(seen, "Content-Type", "application/json");
    return {};
  }

  static std::string basic(const std::string& given) {
    constexpr const char* letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < given.size(); i += 3) {
      unsigned bits = 0;
      for (std::size_t k = 0; k < 3; ++k)
        bits = bits << 8U | (i + k < given.size() ? static_cast<unsigned char>(given[i + k]) : 0U);
      for (unsigned k = 0; k < 4; ++k)
        out += i + k > given.size() ? '=' : letters[bits >> (18U - 6U * k) & 63U];
    }
    return "Basic " + out;
  }

  Result<Recording> finish() {
    Seen& seen = parsed_.seen;
    if (!parsed_.has_url)
      return fail("{}: has no URL; expected 'curl http://localhost/path', in single quotes", name_);
    seen.target = parse_url(parsed_.url).target;
    if (parsed_.data_in_url && !seen.body.empty()) {
      seen.target += (seen.target.find('?') == std::string::npos ? "?" : "&") +
                     parse_url("/" + seen.body).target.substr(1);
      seen.body.clear();
    }
    if (!seen.body.empty()) {
      if (!parsed_.has_method) seen.method = "POST";
      withheld_.add_header(seen, "Content-Type", "application/x-www-form-urlencoded");
    }
    if (!is_method(seen.method))
      return fail(
          "{}: the load does not send {}; expected GET, POST, PUT, PATCH, DELETE, HEAD or "
          "OPTIONS",
          name_, seen.method);
    withheld_.clean(seen);
    Recording recording;
    recording.requests.push_back(std::move(seen));
    withheld_.tell(recording);
    return recording;
  }

  const std::string& name_;
  Withheld withheld_;
  Parsed parsed_;
};

}  // namespace

Result<Recording> read_curl(std::string_view text, const std::string& name, Secrets secrets) {
  return Curl(name, secrets).read(text);
}

}  // namespace leakbisect::traffic
