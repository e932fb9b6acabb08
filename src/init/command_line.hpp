#pragma once

// A line that somebody wrote for a shell, as the command of a hunt file: run without a shell where
// it needs none, so that the server itself is the process that is started and stopped.

#include "init/draft.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::init {

struct CommandLine {
  std::map<std::string, std::string> env;  ///< assignments in front of the program
  std::vector<std::string> words;          ///< empty where a shell is needed
};

/// Splits a line into words, quotes taken off. Without words where it holds what only a shell
/// understands: variables, pipes, several commands, patterns.
CommandLine split_line(std::string_view line);

/// The words as a command of the hunt file, or the line for the shell.
CommandText command_of(const CommandLine& split, std::string_view line);

/// A text as one word of a shell, in which {port} and the like stand as they are.
std::string shell_word(std::string_view text);

/// What somebody wrote on the terminal or in a file as a hunt file's command: JSON arrays as they
/// are, simple lines as words, others for the shell.
CommandText command_from_text(std::string_view text);

/// "node server.js": a command as a person would type it.
std::string shown(const CommandText& command);

}  // namespace leakbisect::init
