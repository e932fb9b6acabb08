// The one unit that compiles the bodies of Asio and Beast (see CMakeLists.txt, lb_boost).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
