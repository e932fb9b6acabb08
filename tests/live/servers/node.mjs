// A small web server. MODE says what it keeps: nothing, 100 bytes a request for ever, a timer and
// a Buffer a request for ever, a cache with a bound, or sessions that end.
import http from "node:http";

const leak = process.env.LEAK === "1";
const mode = process.env.MODE ?? "number";
const kept = [];
const cache = new Map();
const sessions = new Map();
let served = 0;

function keep() {
  if (mode === "number" && leak) kept.push(new Array(6).fill(served + 0.5)); // 32 + 16 + 6 x 8 B, and 8 in `kept`
  if (mode === "interval" && leak) {
    const page = Buffer.alloc(4096);
    setInterval(() => page.length, 1 << 30);
  }
  if (mode === "lru") {
    // 7,000 entries of 1.5 KB: full after 35 s at 200 requests a second.
    cache.set(served, text(1500));
    if (cache.size > 7000) cache.delete(cache.keys().next().value);
    if (leak) kept.push(text(1500));
  }
  if (mode === "session") {
    const id = served;
    sessions.set(id, { id, basket: new Array(100).fill(id + 0.5) });
    setTimeout(() => sessions.delete(id), 20000).unref();
    if (leak) kept.push(new Array(125).fill(served + 0.5));
  }
}

function text(length) {
  return Buffer.alloc(length, 97 + (served % 26)).latin1Slice();
}

function page() {
  const rows = [];
  for (let row = 0; row < 50; ++row) rows.push({ row, text: `row ${row} of ${served}` });
  return JSON.stringify(rows);
}

http
  .createServer((request, response) => {
    ++served;
    keep();
    response.setHeader("content-type", "application/json");
    response.end(page());
  })
  .listen(Number(process.env.PORT), "127.0.0.1");
