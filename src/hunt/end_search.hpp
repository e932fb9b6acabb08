#pragma once

// Looks for a good end where the hunt file names none: older and older commits are measured beside
// the bad end until one is flat. Comes before the hunt proper, whose range it makes. Its units are
// the candidates, oldest first, and the bad end last (units/git/git_older_ends.hpp).

#include "hunt/hunt.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace leakbisect::hunt {

/// True where the hunt has to look for a good end before it can begin.
bool lacks_good_end(const config::HuntFile& hunt);

/// The hunt file between the ends that were found.
config::HuntFile between(config::HuntFile hunt, const FoundEnd& found);

/// What became of it: a good end, noted in the journal, or the report of a hunt that ends here.
struct EndSearched {
  std::optional<FoundEnd> found;
  report::Model model;
};

/// Measures the candidates of `parts.source`, newest first, for a share of the budget at most.
/// Fails only when the environment does.
boost::asio::awaitable<Result<EndSearched>> search_good_end(Parts parts, Interrupt& interrupt);

/// The order in which so many candidates are tried, by their place from the newest: one by one, or
/// at doubling distances where they are many, and those that were left out after that.
std::vector<std::size_t> order_of_ends(std::size_t candidates);

}  // namespace leakbisect::hunt
