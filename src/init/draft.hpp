#pragma once

// What is guessed about a project, each with the reason: the hunt file before it is written. The
// ecosystems fill it, the interview changes it, the writer makes the text of it.

#include "config/hunt_file.hpp"
#include "init/project.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace leakbisect::init {

/// A value and why it was guessed, such as `"start" in package.json:7`. A null or empty value is
/// none.
template <class T>
struct Guess {
  T value{};
  std::string why;
};

/// A command as the hunt file has it: an array of words, or a text for the shell.
using CommandText = nlohmann::json;

/// How the program is told its port.
enum class PortWay {
  unknown,      ///< nothing says so: PORT in the environment is tried
  environment,  ///< a variable
  argument,     ///< in the start command
  fixed         ///< a number in the source
};

struct PortGuess {
  PortWay way = PortWay::unknown;
  int number = 0;  ///< fixed only
  std::string why;
};

/// Commands that fetch what the project depends on, into a folder of the project.
struct Install {
  std::string command;  ///< for the shell; "": nothing to be fetched
  std::string folder;   ///< what it makes: "node_modules"
  std::string why;
};

/// Something that can be switched: an entry of units.components.
struct ComponentGuess {
  nlohmann::json entry;
  std::string why;
  std::size_t units = 1;  ///< how many files a glob fits
};

struct Draft {
  std::string folder = ".";       ///< the project, below the folder that init was given
  std::string ecosystem;          ///< "" where nothing was recognised
  Place seen;                     ///< what it was recognised by
  std::vector<std::string> also;  ///< other ecosystems that were recognised, with their places

  Install install;
  Guess<std::string> build;  ///< for the shell, after `install`
  Guess<CommandText> start;
  std::map<std::string, Guess<std::string>> env;
  PortGuess port;
  Guess<std::string> ready;  ///< a path that is answered; "": the port is waited for
  std::vector<Guess<config::HttpRequest>> requests;
  std::vector<ComponentGuess> components;
  std::vector<std::string> notes;  ///< what the user should know, a sentence each
};

/// How many units the components of a draft are.
inline std::size_t count_units(const Draft& draft) {
  std::size_t units = 0;
  for (const ComponentGuess& component : draft.components) units += component.units;
  return units;
}

}  // namespace leakbisect::init
