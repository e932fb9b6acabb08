#include "units/git/line_names.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace leakbisect::units {
namespace {

using Words = std::set<std::string, std::less<>>;

const Words define_words{"def",   "class",  "struct",    "union", "enum",   "typedef",  "function",
                         "fn",    "func",   "type",      "const", "let",    "var",      "val",
                         "trait", "module", "interface", "mod",   "define", "namespace"};
const Words type_words{"struct", "union", "enum", "class"};
const Words import_words{"import", "from", "use", "using", "include", "require"};
// Stand before a name that they do not define, where a type would.
const Words no_types{"return", "else", "case",  "goto",   "new",   "throw",  "delete", "in",
                     "not",    "and",  "or",    "is",     "await", "yield",  "typeof", "instanceof",
                     "sizeof", "if",   "while", "assert", "raise", "lambda", "defer",  "go",
                     "for",    "do",   "of",    "import", "from",  "as"};
// Where what is indented belongs to a function or a type.
const Words c_like{"c", "h", "cc", "cpp", "cxx", "hpp", "hh", "hxx", "m", "cu", "java", "cs", "go"};

struct Token {
  std::string text;
  bool is_name = false;
};

std::string_view language_of(std::string_view file) {
  const auto dot = file.rfind('.');
  return dot == std::string_view::npos ? "" : file.substr(dot + 1);
}

bool is_name_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

// Without comments; of texts in quotes only the quotes are left.
std::vector<Token> tokens_of(std::string_view line, bool hash_comments) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < line.size();) {
    const char c = line[at];
    if (c == ' ' || c == '\t' || c == '\r') {
      ++at;
    } else if (line.substr(at, 2) == "//" || line.substr(at, 2) == "/*" ||
               (c == '#' && hash_comments)) {
      break;
    } else if (c == '"' || c == '\'' || c == '`') {
      const auto end = line.find(c, at + 1);
      tokens.push_back({std::string(1, c), false});
      at = end == std::string_view::npos ? line.size() : end + 1;
    } else if (is_name_char(c)) {
      std::size_t end = at;
      while (end < line.size() && is_name_char(line[end])) ++end;
      const bool is_number = std::isdigit(static_cast<unsigned char>(c)) != 0;
      tokens.push_back({std::string(line.substr(at, end - at)), !is_number});
      at = end;
    } else {
      const bool is_two =
          at + 1 < line.size() && (line[at + 1] == '=' || line.substr(at, 2) == "->");
      tokens.push_back({std::string(line.substr(at, is_two ? 2 : 1)), false});
      at += is_two ? 2 : 1;
    }
  }
  return tokens;
}

class LineReader {
 public:
  LineReader(const std::vector<Token>& tokens, bool is_c, bool is_flush, LineNames& names)
      : tokens_(tokens), is_c_(is_c), is_flush_(is_flush), names_(names) {}

  // `is_header`: what is indented is seen by other files too.
  void read(bool is_header) {
    const bool imports = std::ranges::any_of(
        tokens_, [](const Token& token) { return import_words.contains(token.text); });
    int depth = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (at(i) == "(") ++depth;
      if (at(i) == ")") --depth;
      if (!tokens_[i].is_name) continue;
      names_.used.insert(tokens_[i].text);
      if (const auto count = arguments_at(i)) names_.arguments[tokens_[i].text].insert(*count);
      if (!imports && !defines(i)) continue;
      names_.defined.insert(tokens_[i].text);
      if (imports) names_.brought.insert(tokens_[i].text);
      if (!is_c_ || (depth == 0 && (is_flush_ || is_header))) names_.wide.insert(tokens_[i].text);
    }
  }

 private:
  [[nodiscard]] std::string_view at(std::size_t i) const {
    return i < tokens_.size() ? std::string_view(tokens_[i].text) : std::string_view();
  }
  [[nodiscard]] std::string_view before(std::size_t i) const {
    return i > 0 ? at(i - 1) : std::string_view();
  }

  [[nodiscard]] bool defines(std::size_t i) const {
    if (define_words.contains(at(i)) || no_types.contains(at(i))) return false;
    const std::string_view next = at(i + 1);
    // "struct entry *first" names a type that is defined elsewhere.
    const bool only_names = is_c_ && type_words.contains(before(i)) && !next.empty() &&
                            next != "{" && next != ":" && next != "extends";
    if (define_words.contains(before(i))) return !only_names;
    const bool is_member = before(i) == "." || before(i) == "->";
    const bool is_argument = before(i) == "(" || before(i) == ",";
    if ((next == "=" || next == ":=") && !is_argument && !(is_member && is_c_)) return true;
    if (i == 0 && next == ":" && !is_c_) return true;
    if (is_c_ && has_type_before(i)) return true;
    if (i != 0) return false;
    const std::string_view last = tokens_.back().text;
    if (next == "(" && (last == "{" || (is_flush_ && is_c_ && last == ")"))) return true;
    return is_c_ && is_constant(at(0)) && (next == "," || next.empty());
  }

  // "int count", "struct cache *cache", "std::vector<int> sizes".
  [[nodiscard]] bool has_type_before(std::size_t i) const {
    std::size_t type = i;
    while (type > 0 && (at(type - 1) == "*" || at(type - 1) == "&")) --type;
    if (type == 0) return false;
    const bool is_pointer = type < i;
    const Token& word = tokens_[type - 1];
    const bool is_type = word.text == ">" || (word.is_name && !no_types.contains(word.text));
    if (!is_type) return false;
    if (!is_pointer || type < 2) return true;
    // "a * b" multiplies where something stands before a.
    const std::string_view first = at(type - 2);
    return tokens_[type - 2].is_name || first == "(" || first == "," || first == ";" ||
           first == "{";
  }

  static bool is_constant(std::string_view word) {
    return word.size() > 1 &&
           std::ranges::none_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
  }

  // Of "f(a, b)" that closes on its line.
  [[nodiscard]] std::optional<int> arguments_at(std::size_t i) const {
    if (at(i + 1) != "(") return std::nullopt;
    int depth = 0;
    int commas = 0;
    for (std::size_t k = i + 1; k < tokens_.size(); ++k) {
      const std::string_view word = at(k);
      if (word == "(" || word == "[" || word == "{") ++depth;
      if (word == ")" || word == "]" || word == "}") --depth;
      if (word == "," && depth == 1) ++commas;
      if (depth > 0) continue;
      const bool is_empty = k == i + 2 || (k == i + 3 && at(i + 2) == "void");
      return is_empty ? 0 : commas + 1;
    }
    return std::nullopt;
  }

  const std::vector<Token>& tokens_;
  bool is_c_;
  bool is_flush_;  // nothing stands before the line's first word
  LineNames& names_;
};

bool has_word(std::string_view line, const Words& words) {
  bool found = false;
  each_name(line, [&](std::string_view word) { found = found || words.contains(word); });
  return found;
}

}  // namespace

std::string stem_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash != std::string_view::npos) path = path.substr(slash + 1);
  return std::string(path.substr(0, path.find('.', 1)));
}

void read_names(std::string_view line, std::string_view file, LineNames& names) {
  const std::string_view language = language_of(file);
  const bool is_c = c_like.contains(language);
  const bool hash_comments = language == "py" || language == "rb" || language == "sh" ||
                             language == "mk" || language == "pl" || language == "yml" ||
                             language == "yaml";
  const bool is_flush = !line.empty() && line.front() != ' ' && line.front() != '\t';
  const std::vector<Token> tokens = tokens_of(line, hash_comments);
  if (tokens.empty()) return;
  if (has_word(line, import_words))
    each_name(line, [&](std::string_view word) { names.imported.emplace(word); });
  LineReader(tokens, is_c, is_flush, names).read(language.starts_with('h'));
}

}  // namespace leakbisect::units
