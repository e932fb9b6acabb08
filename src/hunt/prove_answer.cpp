#include "hunt/prove_answer.hpp"

#include "hunt/answer.hpp"
#include "hunt/route_proof.hpp"

namespace leakbisect::hunt {

namespace asio = boost::asio;

asio::awaitable<std::optional<Step>> prove_answer(HuntContext& context, const Controls& controls,
                                                  const strategies::Answer& answer,
                                                  report::Model& model) {
  if (controls.windows) {
    const RouteProof proved = co_await prove_routes(context, controls, answer);
    if (!proved.proof.done) co_return std::nullopt;
    conclude_proof(model, proved.proof);
    conclude_routes(model, proved);
    co_return Step{};
  }
  const Proven proven = co_await prove(context, controls, answer);
  if (!proven.proof.done) co_return std::nullopt;
  conclude_proven(model, controls, proven);
  name_rest(model, controls, proven.left, 0);
  co_return proven.step;
}

}  // namespace leakbisect::hunt
