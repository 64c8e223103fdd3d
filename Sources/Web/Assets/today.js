// Keeps Today up to date without moving it under the hand, and draws the last day.
import { live, number, words } from "/assets/console.js";

const board = document.getElementById("board");
const everyMilliseconds = 20000, atLeastApartMilliseconds = 2000, handRestsMilliseconds = 2500;
let isAsking = false, lastAsked = 0, soonTimer = 0, movedAt = 0, underHand = null;

// MARK: the charts

const charts = [];
let Plot = null;

function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

function seconds(value) {
  if (value === null || value === undefined) return "–";
  if (value < 1) return `${number(Math.round(value * 1000))} ms`;
  if (value < 120) return `${number(Math.round(value * 10) / 10)} s`;
  return value < 7200 ? `${number(Math.round(value / 60))} min` : `${number(Math.round(value / 3600))} h`;
}

const drawings = {
  throughput: { series: ["accepted", "orders", "booked"], text: number },
  lag: { series: ["half", "most"], text: seconds },
};
// Told apart by their dashes too, not by colour alone.
const strokes = [["--accent", []], ["--good", [6, 3]], ["--warn", [2, 2]]];

function options(name, place) {
  const { series, text } = drawings[name];
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 }, font: "12px system-ui" };
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: board.dataset.zone || undefined });
  const scaleText = (plot, values) => values.map((value) => text(value));
  return {
    width: Math.max(240, place.clientWidth), height: 200, cursor: { y: false }, legend: { live: true },
    scales: { x: { time: true }, y: { range: (plot, low, high) => [0, Math.max(high ?? 0, name === "lag" ? 0.1 : 5) * 1.1] } },
    axes: [{ ...axis, values: (plot, values) => values.map((value) => clock.format(value * 1000)) }, { ...axis, size: 64, values: scaleText }],
    series: [{ value: (plot, value) => (value === null ? "–" : clock.format(value * 1000)) }, ...series.map((key, at) => ({
      label: words(`today.${key}`), stroke: colour(strokes[at][0]), dash: strokes[at][1], width: 2, spanGaps: false, points: { show: name === "lag", size: 4 }, value: (plot, value) => (value === null ? "–" : text(value)),
    }))],
  };
}

function draw() {
  const holder = document.getElementById("charts");
  if (!holder || !Plot || !holder.dataset.series) return;
  const data = JSON.parse(holder.dataset.series);
  holder.hidden = false;
  for (const [name, { series }] of Object.entries(drawings)) {
    const place = document.getElementById(name), rows = [data.t, ...series.map((key) => data[key])];
    const known = charts.find((chart) => chart.name === name && chart.place === place);
    if (known) known.plot.setData(rows); else {
      charts.splice(charts.findIndex((chart) => chart.name === name) >>> 0, 1);
      charts.push({ name, place, plot: new Plot(options(name, place), rows, place) });
    }
  }
}

function redraw() {
  for (const chart of charts.splice(0)) chart.plot.destroy();
  draw();
}

let widthTimer = 0;
addEventListener("resize", () => { clearTimeout(widthTimer); widthTimer = setTimeout(redraw, 150); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

// MARK: news

document.addEventListener("pointermove", (event) => { movedAt = Date.now(); underHand = event.target instanceof Element ? event.target.closest("[data-part]") : null; }, { passive: true });

// A part in which somebody marks text, holds the focus in a field, or moves the pointer right now waits for a quiet moment.
function isInUse(part) {
  const chosen = document.getSelection();
  if (chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode)) return true;
  return underHand === part && Date.now() - movedAt < handRestsMilliseconds;
}

function anchor() {
  const held = board.contains(document.activeElement) ? document.activeElement : underHand;
  return held?.isConnected ? { part: held.closest("[data-part]")?.dataset.part, top: held.closest("[data-part]")?.getBoundingClientRect().top } : null;
}

function replace(part, next) {
  const focused = part.contains(document.activeElement) ? { href: document.activeElement.getAttribute("href"), label: document.activeElement.getAttribute("aria-label") } : null;
  const known = new Set([...part.querySelectorAll("td.key a")].map((link) => link.getAttribute("href")));
  const wasEmpty = known.size === 0, scrolled = [...part.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
  const open = new Set([...part.querySelectorAll("details[open]")].map((one) => one.id)), wasChart = part.dataset.part === "series" && charts.length > 0;
  if (wasChart) {
    // The drawing stays: it only gets its new numbers.
    const holder = part.querySelector("#charts"), fresh = next.querySelector("#charts");
    holder.dataset.series = fresh.dataset.series;
    fresh.replaceWith(holder);
  }
  part.replaceChildren(...next.childNodes);
  for (const one of part.querySelectorAll("details")) one.open = open.has(one.id);
  part.querySelectorAll(".scroll").forEach((box, at) => { box.scrollLeft = scrolled[at] ?? 0; });
  if (part.dataset.part === "latest" && !wasEmpty) {
    for (const link of part.querySelectorAll("td.key a")) if (!known.has(link.getAttribute("href"))) link.closest("tr").classList.add("fresh");
  }
  if (focused) [...part.querySelectorAll("a, button, summary")].find((one) => (focused.label ? one.getAttribute("aria-label") === focused.label : focused.href !== null && one.getAttribute("href") === focused.href))?.focus({ preventScroll: true });
  if (wasChart) draw();
}

// What the server said last of each part: only a part that differs is touched.
const told = new Map();
function remember(root) { for (const part of root.querySelectorAll("[data-part]")) told.set(part.dataset.part, part.innerHTML); }

async function refresh() {
  if (isAsking || document.hidden) return;
  isAsking = true;
  lastAsked = Date.now();
  try {
    const answer = await fetch("/today/board", { headers: { Accept: "text/html", "HX-Request": "true" }, cache: "no-store" });
    if (answer.status === 401) return;
    if (!answer.ok) throw new Error(String(answer.status));
    show(new DOMParser().parseFromString(await answer.text(), "text/html").body);
  } catch {
    // The bar at the top says that the hub is gone; the next round asks again.
  } finally {
    isAsking = false;
  }
}

function show(next) {
  const parts = [...next.querySelectorAll("[data-part]")];
  const names = (root) => [...root.querySelectorAll("[data-part]")].map((part) => part.dataset.part).join(" ");
  const before = anchor();
  let isDelayed = false;
  if (names(next) !== names(board)) {
    board.replaceChildren(...next.childNodes);
    remember(board);
    redraw();
  } else {
    for (const part of parts) {
      const name = part.dataset.part, html = part.innerHTML, mine = board.querySelector(`[data-part="${name}"]`);
      if (told.get(name) === html) continue;
      if (isInUse(mine)) { isDelayed = true; continue; }
      told.set(name, html);
      replace(mine, part);
    }
  }
  if (before?.part) {
    const after = board.querySelector(`[data-part="${before.part}"]`)?.getBoundingClientRect().top;
    if (after !== undefined && after !== before.top) scrollBy({ top: after - before.top, behavior: "instant" });
  }
  if (isDelayed) soon(handRestsMilliseconds);
}

function soon(least = 0) {
  if (soonTimer !== 0) return;
  soonTimer = setTimeout(() => { soonTimer = 0; refresh(); }, Math.max(100, least, lastAsked + atLeastApartMilliseconds - Date.now()));
}

remember(board);
live.on("orders", () => soon());
live.on("jobs", () => soon());
live.on("state", (state) => { if (state === "live") soon(); });
setInterval(refresh, everyMilliseconds);
document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });

try {
  Plot = (await import("/assets/uplot.js")).default;
  document.getElementById("hours")?.removeAttribute("open");
  draw();
} catch {
  // Without the library the table below says the same.
}
