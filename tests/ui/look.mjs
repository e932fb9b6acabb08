// Looks at reports in a real browser, as a person would: screenshots (desktop, dark, phone, paper), axe-core,
// the keyboard, and the live page of a hunt that runs. Every fault is a line; the exit code is 1 where there
// is one. Called by look.sh:  node look.mjs MODULES BINARY OUT HUNT_FOLDER...
import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [modules, binary, out, ...folders] = process.argv.slice(2).map((word) => path.resolve(word));
const require = createRequire(path.join(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

let faults = 0;
let checks = 0;
function check(holds, words) {
  checks += 1;
  if (holds) return;
  faults += 1;
  console.log(`FAULT ${words}`);
}

const looks = [
  { name: "desktop", viewport: { width: 1280, height: 900 } },
  { name: "dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  { name: "phone", viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
];

// Axe looks by scripts of its own, which the browser runs for us and not for the page: its policy stays.
async function run_axe(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document));
  check(found.passes.length > 10, `${where}: axe looked at nothing`);
  for (const rule of found.violations)
    for (const node of rule.nodes) check(false, `${where}: axe ${rule.id} (${rule.impact}): ${node.target} ${node.failureSummary.replace(/\s+/g, " ")}`);
  return found.violations.length;
}

const unfold = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((each) => { each.open = true; }));

// Tab leads to everything that can be used, in the page's order, and shows where it is.
async function use_keyboard(page, where) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((each) => { each.open = false; }));
  const wanted = await page.evaluate(() => {
    const usable = [...document.querySelectorAll("a[href], button, summary, input, [tabindex]")];
    const seen = usable.filter((each) => each.checkVisibility() && each.tabIndex >= 0);
    seen.forEach((each, i) => { each.dataset.usable = i; });
    return { count: seen.length, positive: seen.filter((each) => each.tabIndex > 0).length };
  });
  check(wanted.positive === 0, `${where}: ${wanted.positive} elements with a tab order of their own`);
  await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
  for (let i = 0; i < wanted.count; ++i) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(async () => {
      for (let frame = 0; frame < 2; ++frame) await new Promise(requestAnimationFrame);  // it scrolls there
      const style = getComputedStyle(document.activeElement);
      const box = document.activeElement.getBoundingClientRect();
      return {
        index: document.activeElement.dataset.usable, html: document.activeElement.outerHTML.slice(0, 80),
        shown: style.outlineStyle !== "none" || style.boxShadow !== "none",
        within: box.bottom > 0 && box.top < innerHeight,
      };
    });
    check(at.index === String(i), `${where}: tab ${i + 1} leads to ${at.html}`);
    check(at.shown, `${where}: no sign of the focus on ${at.html}`);
    check(at.within, `${where}: the focus is out of sight on ${at.html}`);
    if (at.index !== String(i)) return;
  }
  const fold = page.locator("details.fold > summary").first();
  if (await fold.count()) {
    await fold.focus();
    await page.keyboard.press("Enter");
    check(await fold.evaluate((each) => each.parentElement.open), `${where}: Enter unfolds nothing`);
  }
  const link = page.locator("a[href^='#']").first();
  if (await link.count()) {
    await unfold(page);
    const target = (await link.getAttribute("href")).slice(1);
    await page.evaluate(() => document.querySelectorAll("details").forEach((each) => { each.open = false; }));
    await page.evaluate((id) => { location.hash = id; }, target);
    await sleep(100);
    check(await page.evaluate((id) => document.getElementById(id).checkVisibility(), target), `${where}: #${target} stays folded`);
  }
}

async function look_at(browser, folder) {
  const name = path.basename(folder);
  const address = pathToFileURL(path.join(folder, "report.html")).href;
  for (const { name: look, ...how } of looks) {
    const where = `${name} ${look}`;
    const context = await browser.newContext({ colorScheme: "light", reducedMotion: "reduce", ...how });
    const page = await context.newPage();
    page.on("pageerror", (error) => check(false, `${where}: ${error}`));
    page.on("console", (said) => check(said.type() !== "error", `${where}: console: ${said.text()}`));
    page.on("request", (asked) => check(asked.url() === address, `${where}: asks for ${asked.url()}`));
    await page.goto(address);
    const picture = path.join(out, `${name}-${look}`);
    await page.screenshot({ path: `${picture}.png` });
    let found = await run_axe(page, where);
    if (look === "desktop") await use_keyboard(page, where);
    await unfold(page);
    await sleep(200);
    found += await run_axe(page, `${where}, unfolded`);
    const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    check(width[0] <= width[1], `${where}: ${width[0]} wide on ${width[1]}`);
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: `${picture}-all.png`, fullPage: true });
    if (look === "dark") {
      // Paper is light and unfolded, whatever the screen is.
      await page.goto(address);
      await page.pdf({ path: path.join(out, `${name}-paper.pdf`), format: "A4" });
      await page.emulateMedia({ media: "print" });
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      await sleep(200);
      const paper = await page.evaluate(() => ({
        ground: getComputedStyle(document.body).backgroundColor,
        folded: document.querySelectorAll("details.fold:not([open])").length,
      }));
      check(paper.folded === 0, `${where}: ${paper.folded} sections are folded on paper`);
      const light = paper.ground.match(/\d+/g).slice(0, 3).every((part) => Number(part) > 200);
      check(light || paper.ground === "rgba(0, 0, 0, 0)", `${where}: paper is ${paper.ground}`);
      await run_axe(page, `${name} paper`);
    }
    console.log(`${where}: axe ${found} findings`);
    await context.close();
  }
}

// What a server answers to these bytes; browsers would tidy the path.
function ask(port, target, host) {
  return new Promise((done) => {
    let text = "";
    const socket = net.connect(port, "127.0.0.1", () => socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    socket.on("data", (part) => { text += part; });
    socket.on("close", () => done(Number(text.split(" ")[1])));
    socket.on("error", () => done(0));
  });
}

function start(words, folder) {
  const child = spawn(binary, words, { cwd: folder, env: { ...process.env, BROWSER: "/bin/true" }, stdio: ["ignore", "ignore", "pipe"] });
  child.said = "";
  child.stderr.on("data", (part) => { child.said += part; });
  child.ended = new Promise((done) => child.on("close", (code) => done(code)));
  return child;
}

async function address_of(child) {
  for (let i = 0; i < 200; ++i) {
    const found = child.said.match(/http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]+\//);
    if (found) return found[0];
    await sleep(50);
  }
  throw new Error(`no address in: ${child.said}`);
}

// How old each report is when the page shows it.
async function watch_page(page, folder, seconds, where) {
  const lags = [];
  let shown = "";
  const report = path.join(folder, "report.html");
  for (const until = Date.now() + 1000 * seconds; Date.now() < until; await sleep(20)) {
    const tag = await page.evaluate(() => document.getElementById("live")?.dataset.report).catch(() => undefined);
    if (!tag || tag === shown) continue;
    const written = Number(tag.split("-")[2]) * 1000 + Number(tag.split("-")[3]) / 1e6;
    const [inode, , second] = tag.split("-");
    const now = fs.statSync(report, { bigint: true });
    // Written again meanwhile: nothing is known of this one.
    if (shown && String(now.ino) === inode && String(now.mtimeMs / 1000n) === second) lags.push(Date.now() - written);
    shown = tag;
  }
  lags.sort((a, b) => a - b);
  console.log(`${where}: ${lags.length} reports shown after ${lags.map(Math.round).join(", ")} ms`);
  check(lags.length >= 3, `${where}: the page was renewed ${lags.length} times`);
  check(lags.at(-1) < 1000, `${where}: a report was shown after ${Math.round(lags.at(-1))} ms`);
}

async function look_live(browser) {
  const folder = fs.mkdtempSync(path.join(out, "live-"));
  const names = Array.from({ length: 24 }, (_, i) => ({ name: `c${i}` }));
  const command = "sleep 1.6; case ,{off}, in *,c13,*) exit 0;; *) exit 1;; esac";
  fs.writeFileSync(path.join(folder, "hunt.json"), JSON.stringify({ oracle: { command }, units: { components: names } }));
  const first = start(["run", "hunt.json", "--out", "hunt", "--watch"], folder);
  let address = await address_of(first);
  const port = Number(new URL(address).port);
  const token = new URL(address).pathname;
  const here = `127.0.0.1:${port}`;
  for (const [target, host, wanted] of [
    [token, here, 200], [token, "other.example", 403], [token, `localhost:${port}`, 403],
    [`/${"0".repeat(32)}/`, here, 403], ["/", here, 403],
    [`${token}../journal.jsonl`, here, 403], [`${token}%2e%2e/hunt.json`, here, 403],
    [`${token}trials/../journal.jsonl`, here, 403], [`${token}journal.jsonl`, here, 404],
  ]) {
    const status = await ask(port, target, host);
    check(status === wanted, `live: ${target.replace(token, "TOKEN/")} of ${host}: ${status}, not ${wanted}`);
  }
  const page = await (await browser.newContext(looks[0])).newPage();
  page.on("pageerror", (error) => check(false, `live: ${error}`));
  await page.goto(address);
  await watch_page(page, path.join(folder, "hunt"), 12, "live");
  check(/^Live$/.test(await page.textContent("#live-state")), "live: the bar does not say so");
  check(/t\d+ .*for \d+ s/.test(await page.textContent("#live-trials")), "live: the bar names no trial");
  for (let left = 3; left > 0; --left) {  // a new report may come while axe looks
    const failure = await run_axe(page, "live").then(() => null, (error) => error);
    if (!failure) break;
    check(left > 1, `live: ${failure}`);
  }
  await page.screenshot({ path: path.join(out, "live.png") });
  first.kill("SIGINT");
  check(await first.ended === 130, "live: ctrl-C");
  const second = start(["resume", "hunt", "--watch"], folder);
  address = await address_of(second);
  await page.goto(address);
  const code = await second.ended;
  check(code === 0, `live: resume --watch ended with ${code}: ${second.said.slice(-300)}`);
  await sleep(500);
  check(/ended/.test(await page.textContent("#live-state")), `live: at the end the bar says ${await page.textContent("#live-state")}`);
  await page.screenshot({ path: path.join(out, "live-ended.png") });
  await page.context().close();
}

fs.mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const folder of folders) await look_at(browser, folder);
await look_live(browser);
await browser.close();
console.log(`${checks} checks, ${faults} faults; pictures in ${out}`);
process.exit(faults ? 1 : 0);
