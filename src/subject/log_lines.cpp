#include "subject/log_lines.hpp"

#include <fstream>

namespace leakbisect::subject {
namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::size_t longest_piece = std::size_t{4} << 20;

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

}  // namespace leakbisect::subject
