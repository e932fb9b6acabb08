#pragma once

// Requests that a server answers, read from its source: how the common libraries of each language
// write down a route. Only GET, since others change what a server holds; only where the whole path
// stands in one place.

#include "init/draft.hpp"
#include "init/project.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace leakbisect::init {

/// Adds the routes that `files` name as whole paths, and `ready`: a health route, "/" or the first.
void guess_routes(const Project& project, const std::vector<std::string>& files, Draft& draft);

/// Adds one, unless its path is there already; `path` may hold parameters of any framework
/// (":id", "<int:id>", "{id}", "[id]"), which become {n}.
void add_request(Draft& draft, std::string_view path, const std::string& why);

/// A path with its parameters as {n}; "" where it holds a pattern that cannot be filled in.
std::string with_numbers(std::string_view path);

/// Chooses what is waited for before the load, of the requests that are there.
void choose_ready(Draft& draft);

}  // namespace leakbisect::init
