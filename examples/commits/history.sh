# The 60 commits of the example, read by make-repository.sh. Two side branches are merged; three
# commits do not build, and the commit after each repairs it; one brings the leak.

change components/header.hpp 'Welcome, reader' 'Welcome, viewer'
commit "Greet viewers, not readers"
change components/nav.hpp '"films", ' '"films", "series", '
commit "Add the series to the menu"
change components/comments.hpp 'i < 10;' 'i < shown;'
change components/comments.hpp '  void render' '  static constexpr std::size_t shown = 10;

  void render'
commit "Name the number of comments that are shown"
change components/ads.hpp 'bidder < 16' 'bidder < 20'
commit "Let four more brands bid"
change http.cpp 'out += last ?' 'out += "\r\nCache-Control: no-cache";
  out += last ?'
commit "Tell caches to ask again"
git branch schedule
change components/footer.hpp '<small>Page ' '<small>The Evening Reel. Page '
commit "Sign the small print"
change components/comments.hpp 'shown = 10' 'shown = 12'
commit "Show twelve comments"
change components/hero.hpp "picture += static_cast<char>('a' + seed % 26)" \
  "picture += static_cast<char>('A' + seed % 26"
commit "Draw the hero picture in capitals"
change components/hero.hpp "seed % 26;" "seed % 26);"
commit "Close the parenthesis in the hero picture"
change components/newsletter.hpp 'letter < 32' 'letter < 40'
commit "Lengthen the newsletter's token"

git checkout --quiet schedule
component schedule Schedule Nav <<'SOURCE'
#pragma once

#include "../site.hpp"

/// What is on tonight.
class Schedule final : public Component {
 public:
  std::string_view name() const override { return "schedule"; }

  void render(const Visit&, std::string& page) override {
    for (int hour = 18; hour < 24; ++hour) page += "<li>film at " + std::to_string(hour) + "</li>";
  }
};
SOURCE
commit "Show tonight's schedule"
change components/schedule.hpp 'std::to_string(hour) + "<' 'std::to_string(hour) + ":15<'
commit "Start the films at a quarter past"
change components/schedule.hpp '"<li>film at "' '"<li>film " + std::to_string(mix(hour) % 900) + " at "'
change components/schedule.hpp 'mix(hour)' 'mix(static_cast<std::uint32_t>(hour))'
commit "Name the films of the schedule"
change components/schedule.hpp 'hour = 18' 'hour = 17'
commit "Begin the evening at five"
change components/schedule.hpp '/// What is on tonight.' '/// What is on tonight, from five to midnight.'
commit "Say what hours the schedule covers"
git checkout --quiet main
merge schedule

change components/search.hpp 'i <= 12; ++i' 'i <= 16; ++i'
commit "Suggest sixteen films"
change components/search.hpp 'order_.size() > 32' 'order_.size() > 40'
commit "Keep forty suggestions"
change components/cart.hpp 'basket.size() > 10' 'basket.size() > 12'
change components/cart.hpp 'ten things' 'twelve things'
commit "Let a basket hold twelve things"
change components/video.hpp 'segment < 6' 'segment < 8'
commit "Buffer eight segments ahead"
change components/analytics.hpp 'events_.size() > 200' 'events_.size() > 400'
change components/analytics.hpp 'last 200 visits' 'last 400 visits'
commit "Look at 400 visits for what is popular"
change components/recommendations.hpp 'size() < 256' 'size() < 512'
change components/recommendations.hpp 'first 256' 'first 512'
commit "Learn from 512 visits"
change components/header.hpp 'Welcome, viewer' 'Good evening, viewer'
commit "Say good evening"
change components/hero.hpp 'substr(0, 256)' 'substr(0, 384)'
commit "Send more of the hero picture"
change http.cpp 'listen(listener_, 128)' 'listen(listener_, 256)'
commit "Let 256 connections wait"
change components/nav.hpp 'class=\"here\"' 'aria-current=\"page\"'
commit "Mark the current section for screen readers"
change components/footer.hpp '<small>' '<small lang=\"en\">'
commit "Say what language the small print is in"
component breadcrumbs Breadcrumbs Hero <<'SOURCE'
#pragma once

#include "../site.hpp"

/// Where the visitor is in the site.
class Breadcrumbs final : public Component {
 public:
  std::string_view name() const override { return "breadcrumbs"; }

  void render(const Visit& visit, std::string& page) override {
    std::string step;
    for (const char letter : visit.path + "/") {
      if (letter == '/' && !step.empty()) page += "<a>" + step + "</a> / ";
      step = letter == '/' ? "" : step + letter;
    }
  }
};
SOURCE
commit "Add breadcrumbs"
git branch player
change components/breadcrumbs.hpp 'std::string step;' 'std::string step = "home";'
commit "Begin the breadcrumbs at home"
change components/recommendations.hpp 'i < 4' 'i < 5'
change components/recommendations.hpp '">film</a>"' '">film " + std::to_string(i) "</a>"'
commit "Number the recommended films"
change components/recommendations.hpp 'std::to_string(i) "' 'std::to_string(i) + "'
commit "Add the missing plus to the recommended films"
change components/ads.hpp 'slot < 3' 'slot < 4'
commit "Sell a fourth slot"
change components/header.hpp '<h1>The' '<h1 class=\"reel\">The'
commit "Give the masthead a class"
change components/comments.hpp 'i <= 40' 'i <= 48'
change components/comments.hpp 'of forty' 'of forty-eight'
commit "Take 48 comments into the vote"
change components/nav.hpp '"about"' '"about", "help"'
commit "Link the help pages"
change http.cpp 'char buffer[4096]' 'char buffer[8192]'
commit "Read requests in pieces of 8 KB"

git checkout --quiet player
change components/video.hpp '    std::vector<std::string> playlist;
' '    std::vector<std::string> playlist;
    playlist.reserve(24);
'
commit "Reserve the playlist's room"
change components/video.hpp 'reserve(24);' 'reserve(24)'
change components/video.hpp '"1080p"' '"1080p", "2160p"'
commit "Offer the player in 2160p"
change components/video.hpp 'reserve(24)' 'reserve(32);'
commit "Reserve room for the fourth quality"
change components/video.hpp '    page += "<video>";' '    page += "<video data-viewer=\"" + std::to_string(visit.visitor) + "\">";'
commit "Tell the player who watches"
leak_subject="Keep a watcher per live video"
change components/video.hpp '
};' '
 private:
  struct Watcher {
    Visit visit;
    std::string position = std::string(4000, 0);
  };
  std::deque<Watcher> watchers_;
};'
change components/video.hpp '    page += "</video>";' '    page += "</video>";
    watchers_.push_back({visit});'
change components/newsletter.hpp '<form><input' '<form class=\"quiet\"><input'
change components/nav.hpp 'The menu;' 'The menu, out of the way while a film runs;'
commit "$leak_subject, so that the player can resume"
change components/video.hpp 'page += "</video>";' 'page += "</video><output>" + std::to_string(watchers_.size()) + " watching</output>";'
commit "Show how many watch"
change components/video.hpp '/live/' '/stream/'
commit "Move the segments to /stream"
change components/video.hpp '.ts\">' '.m4s\">'
commit "Serve fragmented segments"
git checkout --quiet main
merge player

change components/footer.hpp 'visit " +' 'view " +'
commit "Count views in the small print"
change components/search.hpp '% 5000' '% 8000'
commit "Search eight thousand films"
component poll Poll Comments <<'SOURCE'
#pragma once

#include "../site.hpp"

/// The question of the day, and how the last hundred visitors answered it.
class Poll final : public Component {
 public:
  std::string_view name() const override { return "poll"; }

  void render(const Visit& visit, std::string& page) override {
    answers_.push_back(visit.visitor % 3 == 0);
    if (answers_.size() > 100) answers_.pop_front();
    int yes = 0;
    for (const bool answer : answers_) yes += answer ? 1 : 0;
    page += "<p>Is the book better? " + std::to_string(yes) + " say yes</p>";
  }

 private:
  std::deque<bool> answers_;
};
SOURCE
commit "Ask a question of the day"
change components/poll.hpp 'Is the book better?' 'Was the book better?'
commit "Put the question in the past"
change components/newsletter.hpp '<input name=\"mail\">' '<input name=\"mail\" type=\"email\">'
commit "Check the address in the newsletter's form"
change components/cart.hpp '"<ul>"' '"<ul class=\"cart\">"'
commit "Give the cart a class"
change components/hero.hpp '(8)' '(12)'
change components/hero.hpp 'one of eight' 'one of twelve'
commit "Draw twelve hero pictures"
change components/ads.hpp '" pays "' '" pays ct "'
commit "Say the currency of the bids"
change components/analytics.hpp 'visitor " + std' 'viewer " + std'
commit "Call visitors viewers in the analytics"
change components/newsletter.hpp 'visitor + 7' 'visitor + 11'
commit "Season the newsletter's token anew"
change http.cpp 'longest_request = 64' 'longest_request = 32'
commit "Refuse requests of more than 32 KB"
change components/comments.hpp 'a.votes > b.votes' 'a.votes != b.votes ? a.votes > b.votes : a.text < b.text'
commit "Order comments with equal votes by their text"
change components/comments.hpp 'a.votes != b.votes ? a.votes > b.votes : a.text < b.text' \
  'a.votes > b.votes'
commit "Sort the comments by votes alone again"
change components/schedule.hpp '<li>film' '<li>Film'
commit "Write the schedule's films with a capital"
change components/breadcrumbs.hpp '</a> / ' '</a> > '
commit "Part the breadcrumbs with an angle"
