// Keeps a report's page up to date: what runs now in the bar above it, and the page itself whenever
// it was written anew. What comes is set as text, never as markup.
(function () {
  "use strict";
  const bar = document.getElementById("live");
  const state = document.getElementById("live-state");
  const trials = document.getElementById("live-trials");
  const kept = "leakbisect-open-folds";
  let running = [];
  let heard = 0;

  // A page that comes anew has the same sections open, at the same place.
  const folds = [...document.querySelectorAll("details")];
  const name = (fold) => {
    const around = fold.closest("[id]"), title = fold.querySelector("summary h2");
    return (around ? around.id : "") + " " + (title ? title.textContent : "");
  };
  try {
    const open = JSON.parse(sessionStorage.getItem(kept) || "null");
    if (open) {
      folds.forEach((fold) => { if (open.folds.includes(name(fold))) fold.open = true; });
      requestAnimationFrame(() => scrollTo({ top: open.at, behavior: "instant" }));
      sessionStorage.removeItem(kept);
    }
  } catch (error) { /* a browser that keeps nothing */ }
  function renew() {
    try {
      sessionStorage.setItem(kept, JSON.stringify({
        folds: folds.filter((fold) => fold.open).map(name), at: scrollY,
      }));
    } catch (error) { /* the same */ }
    location.reload();
  }

  const time = (seconds) => seconds < 100 ? Math.round(seconds) + " s"
    : Math.floor(seconds / 60) + "m " + String(Math.floor(seconds % 60)).padStart(2, "0") + "s";
  function show() {
    const since = (performance.now() - heard) / 1000;
    trials.textContent = running.map((trial) => trial.id + " " + trial.label + ": " + trial.step +
      (trial.build ? " (" + trial.build + ")" : "") + ", for " + time(trial.seconds + since)).join(" · ");
  }
  function tell(kind, words) {
    bar.className = kind;
    if (state.textContent !== words) state.textContent = words;
    show();
  }
  const says = {
    running: "Live",
    ended: "The hunt has ended.",
    stopped: "The hunt does not run any more, and has not ended: leakbisect resume goes on with it.",
  };

  const events = new EventSource("events");
  events.onmessage = (event) => {
    const now = JSON.parse(event.data);
    if (now.report !== bar.dataset.report) {
      events.close();
      setTimeout(renew, Math.max(0, 700 - performance.now()));  // trials may be short
      return;
    }
    running = now.trials;
    heard = performance.now();
    tell(now.state, says[now.state] || now.state);
  };
  events.onerror = () => {
    running = [];
    tell("lost", "leakbisect watch has ended: this page does not change any more.");
  };
  setInterval(show, 1000);
})();
