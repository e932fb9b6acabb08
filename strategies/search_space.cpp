#include "strategies/search_space.hpp"
namespace leakbisect::strategies {}
