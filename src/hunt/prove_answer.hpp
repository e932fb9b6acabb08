#pragma once

// The proof of a search's answer, of whatever kind, written into the report's model.

#include "hunt/sure_part.hpp"

namespace leakbisect::hunt {

/// Proves `answer` and concludes it. Returns what the culprit makes of the leak (of routes: the
/// whole); nothing when halted on the way, for an answer without its proof is none yet.
boost::asio::awaitable<std::optional<Step>> prove_answer(HuntContext& context,
                                                         const Controls& controls,
                                                         const strategies::Answer& answer,
                                                         report::Model& model);

}  // namespace leakbisect::hunt
