#include "subject/log_lines.hpp"

#include <algorithm>
#include <fstream>

namespace leakbisect::subject {
namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::size_t longest_piece = std::size_t{4} << 20;

constexpr std::streamoff telling_end = 8192;
constexpr std::size_t telling_length = 200;

}  // namespace

std::vector<std::string> LogLines::fresh() {
  std::vector<std::string> lines;
  std::ifstream in(file_, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(read_));
  std::string piece(longest_piece, '\0');
  in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
  piece.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  read_ += piece.size();
  for (const char letter : piece) {
    if (letter == '\n') {
      lines.push_back(std::move(open_line_));
      open_line_.clear();
    } else if (open_line_.size() < longest_line && letter != '\r') {
      open_line_ += letter;
    }
  }
  if (!open_line_.empty()) lines.push_back(open_line_);
  return lines;
}

std::string telling_line(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  in.seekg(std::max<std::streamoff>(0, static_cast<std::streamoff>(in.tellg()) - telling_end));
  std::string last, of_an_error;
  for (std::string line; std::getline(in, line);) {
    std::erase_if(line, [](unsigned char letter) { return letter < ' ' || letter == 0x7f; });
    if (line.find_first_not_of(' ') == line.npos) continue;
    last = line.substr(0, telling_length);
    if (line.find("rror") != line.npos) of_an_error = last;
  }
  return of_an_error.empty() ? last : of_an_error;
}

}  // namespace leakbisect::subject
