#pragma once

// Files that say how a program is started, whatever it is written in: Procfile, Dockerfile,
// systemd units. Ecosystems ask them before they guess.

#include "init/draft.hpp"
#include "init/project.hpp"

#include <optional>
#include <string>

namespace leakbisect::init {

/// A line that starts the server, and where it stands.
struct RunLine {
  std::string line;
  Place place;
};

/// "web:" of a Procfile, with {port} for $PORT.
std::optional<RunLine> procfile_web(const Project& project);

/// CMD and ENTRYPOINT of the last stage of a Dockerfile, as one line.
std::optional<RunLine> dockerfile_command(const Project& project);

/// The line as the start command, its variables as the environment.
void start_by(const RunLine& run, Draft& draft);

/// Takes the start command from the Procfile, where there is one.
bool start_by_procfile(const Project& project, Draft& draft);

}  // namespace leakbisect::init
