// Writes the report of a synthetic hunt, to be looked at: write_sample DIR [SEARCH_TRIALS].

#include "base/files.hpp"
#include "sample.hpp"

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
  using namespace leakbisect;
  if (argc < 2) {
    std::cerr << "usage: write_sample DIR [SEARCH_TRIALS]\n";
    return 2;
  }
  const int trials = argc > 2 ? std::atoi(argv[2]) : 0;
  const report::Model model = report::long_hunt(argv[1], trials);
  write_atomic(model.directory / "report.html", report::to_html(model)).value();
  std::cout << report::to_text(model);
}
