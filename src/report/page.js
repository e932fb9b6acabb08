// Draws the charts of a report from the data beside it. Knows nothing of the search. All text from
// the data is set as text, never as markup.
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const verdictColour = (standing) =>
    colour(standing === "leaking" || standing === "clean" ? "--" + standing : "--grey");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const redraws = [];

  function bytes(value) {
    if (!data.bytes) return String(Math.round(value));
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    while (Math.abs(value) >= 1023.5 && unit < 4) { value /= 1024; unit += 1; }
    const size = Math.abs(value);
    return value.toFixed(unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2) + " " + units[unit];
  }
  // The chart library sets the labels of an axis as markup.
  const markup = (text) => text.replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");
  const count = (value) => Math.round(value).toLocaleString("en");

  // Round powers of 1024 make better marks than round powers of ten.
  function byteTicks(low, high, pixels) {
    const wanted = Math.max(2, pixels / 48);
    let step = 1;
    while ((high - low) / step > wanted) {
      const lead = step / Math.pow(1024, Math.floor(Math.log(step) / Math.log(1024) + 1e-9));
      step *= lead === 1 || lead === 10 || lead === 100 ? 2 : lead === 2 || lead === 20 || lead === 200 ? 2.5
        : lead === 500 ? 1024 / 500 : 2;
    }
    const ticks = [];
    for (let at = Math.ceil(low / step) * step; at <= high; at += step)
      ticks.push({ v: at, label: at === 0 ? "0" : bytes(at).replace(/\.0+ /, " ").replace(/(\.\d)0 /, "$1 ") });
    return ticks;
  }

  function common() {
    return {
      legend: "never", axisLineColor: colour("--line"), gridLineColor: colour("--line"),
      gridLineWidth: 0.7, strokeWidth: 1.5, rightGap: 10,
    };
  }

  function drawCurves(box) {
    const curves = data.curves;
    const note = byId("curve-note");
    const rows = data.grid.map((x, i) => [x].concat(curves.map((curve) => curve.growth[i])));
    const looks = () => Object.assign(common(), {
      colors: curves.map((curve) => verdictColour(curve.standing)),
    });
    const series = {};
    curves.forEach((curve, i) => {
      if (curve.purpose) series[i] = { strokeWidth: 2.25 };
    });
    const usual = "Point at a curve for its trial, drag to zoom, double-click to zoom out.";
    note.textContent = usual;
    const graph = new Dygraph(box, rows, Object.assign(looks(), {
      labels: ["x"].concat(curves.map((_, i) => String(i))), series,
      highlightCircleSize: 3,
      highlightSeriesOpts: { strokeWidth: 3 }, highlightSeriesBackgroundAlpha: 0.75,
      highlightSeriesBackgroundColor: colour("--ground"),
      axes: {
        x: { axisLabelFormatter: count, axisLabelWidth: 70 },
        y: { axisLabelWidth: 64, ticker: data.bytes ? byteTicks : undefined, axisLabelFormatter: bytes },
      },
      highlightCallback(event, x, points, row, name) {
        const curve = curves[Number(name)];
        if (!curve) return;
        const growth = curve.growth[row];
        note.textContent = [curve.id, curve.purpose, curve.label, curve.standing].filter(Boolean).join(" · ") +
          (growth === null ? "" : ": " + bytes(growth) + " after " + count(x) + " " + data.unit);
      },
      unhighlightCallback() { note.textContent = usual; },
      clickCallback() {
        const curve = curves[Number(graph.getHighlightSeries())];
        if (curve) location.hash = curve.id;
      },
    }));
    redraws.push(() => graph.updateOptions(Object.assign(looks(), {
      highlightSeriesBackgroundColor: colour("--ground"),
    })));
    drawKeys(graph, curves);
    document.querySelectorAll(".cell").forEach((cell) => {
      const index = curves.findIndex((curve) => curve.id === cell.dataset.trial);
      if (index < 0) return;
      const show = () => graph.setSelection(data.grid.length - 1, String(index));
      cell.addEventListener("mouseenter", show);
      cell.addEventListener("focus", show);
      cell.addEventListener("mouseleave", () => graph.clearSelection());
      cell.addEventListener("blur", () => graph.clearSelection());
    });
  }

  // One button a verdict: the key of the colours, and a switch.
  function drawKeys(graph, curves) {
    ["leaking", "clean", "undecided"].forEach((standing) => {
      const members = curves.map((curve, i) => i).filter((i) => curves[i].standing === standing);
      if (!members.length) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = standing;
      button.textContent = standing + " " + members.length;
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(on));
        graph.setVisibility(members, on);
      });
      byId("keys").appendChild(button);
    });
  }

  function drawProgress(box, key, format, range) {
    const note = byId("progress-note");
    const points = data.progress;
    const trial = (x) => (points[x] ? markup(points[x].trial) : "");
    const looks = () => Object.assign(common(), { colors: [colour("--clean")] });
    const graph = new Dygraph(box, points.map((point, i) => [i, point[key]]), Object.assign(looks(), {
      labels: ["x", key], stepPlot: key === "suspects", valueRange: range, drawPoints: points.length < 60,
      pointSize: 2, highlightCircleSize: 4, fillGraph: key === "suspects", fillAlpha: 0.1,
      axes: {
        x: { axisLabelFormatter: (x) => (Number.isInteger(x) ? trial(x) : ""), axisLabelWidth: 44, pixelsPerLabel: 56 },
        y: { axisLabelFormatter: format, axisLabelWidth: 44 },
      },
      highlightCallback(event, x) {
        const point = points[x];
        note.textContent = "after " + point.trial + ": " + point.suspects + " suspects, first at " +
          (point.top === null ? "unknown" : (100 * point.top).toFixed(1) + "%") +
          (point.summary ? " · " + point.summary : "");
      },
      unhighlightCallback() { note.textContent = "\u00a0"; },
    }));
    redraws.push(() => graph.updateOptions(looks()));
  }

  // The first screen: two curves, each with its name at its end.
  function drawFirst(box) {
    const pair = ["leaking", "clean"];
    const length = Math.max(...pair.map((side) => data.first[side].growth.length));
    const rows = data.grid.slice(0, length).map((x, i) => [x].concat(pair.map((side) => data.first[side].growth[i])));
    const looks = () => Object.assign(common(), { colors: pair.map(verdictColour), strokeWidth: 2.5 });
    // Names go above their curve, the lower one below it where they would meet.
    const names = (canvas, area, graph) => {
      canvas.save();
      canvas.font = "600 13px system-ui, sans-serif";
      canvas.textAlign = "right";
      const ends = pair.map((side) => {
        let last = length - 1;
        while (last > 0 && !Number.isFinite(rows[last][1 + pair.indexOf(side)])) last -= 1;
        return { side, x: graph.toDomXCoord(rows[last][0]), y: graph.toDomYCoord(rows[last][1 + pair.indexOf(side)]) };
      });
      const near = Math.abs(ends[0].y - ends[1].y) < 34;
      ends.forEach((end, i) => {
        const isBelow = near && end.y >= ends[1 - i].y;
        const y = Math.min(Math.max(end.y + (isBelow ? 18 : -10), area.y + 12), area.y + area.h - 4);
        canvas.fillStyle = verdictColour(end.side);
        canvas.fillText(data.first[end.side].name, Math.max(end.x - 4, area.x + 160), y);
      });
      canvas.restore();
    };
    const graph = new Dygraph(box, rows, Object.assign(looks(), {
      labels: ["x"].concat(pair), highlightCircleSize: 0, underlayCallback: names,
      axes: {
        x: { axisLabelFormatter: count, axisLabelWidth: 70 },
        y: { axisLabelWidth: 64, ticker: data.bytes ? byteTicks : undefined, axisLabelFormatter: bytes },
      },
      interactionModel: {},
    }));
    redraws.push(() => graph.updateOptions(looks()));
  }

  // A chart has a size only once the section around it is open.
  const waiting = new Map();
  const drawWhenOpen = (id, draw) => {
    const box = byId(id);
    if (!box) return;
    const around = box.closest("details:not([open])");
    if (around) waiting.set(box, [around, draw]);
    else draw(box);
  };
  const drawOpened = () => waiting.forEach(([around, draw], box) => {
    if (!around.open) return;
    waiting.delete(box);
    draw(box);
  });
  if (data.first) drawWhenOpen("first", drawFirst);
  drawWhenOpen("curves", drawCurves);
  drawWhenOpen("suspects", (box) => drawProgress(box, "suspects", count,
    [0, 1.05 * Math.max(1, ...data.progress.map((p) => p.suspects))]));
  drawWhenOpen("top", (box) => drawProgress(box, "top", (p) => Math.round(100 * p) + "%", [0, 1.05]));
  document.querySelectorAll("details.fold").forEach((fold) => fold.addEventListener("toggle", drawOpened));
  // Paper is light, whatever the screen is.
  [dark, matchMedia("print")].forEach((look) =>
    look.addEventListener("change", () => redraws.forEach((redraw) => redraw())));

  // A link to a trial opens the section that it is in.
  function reveal() {
    const target = location.hash.length > 1 && byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    drawOpened();
    target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();

  // Paper cannot unfold.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((each) => { each.open = true; });
    drawOpened();
  });
  addEventListener("afterprint", () => opened.forEach((each) => { each.open = false; }));
})();
