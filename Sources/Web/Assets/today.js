// Keeps Today up to date without moving it under the hand, and draws the last day.
import { live, number, words } from "/assets/console.js";
import { keepUp } from "/assets/parts.js";

const board = document.getElementById("board");
const everyMilliseconds = 20000;

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
    hooks: { setCursor: [(plot) => plot.root.classList.toggle("reading", plot.cursor.idx !== null && plot.cursor.left >= 0)] },
    series: [{ label: words("today.clock"), value: (plot, value) => (value === null ? "–" : clock.format(value * 1000)) }, ...series.map((key, at) => ({
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

// The drawing stays when its part is told anew: it only gets its numbers.
function keepCharts(part, next) {
  if (part.dataset.part !== "series" || charts.length === 0) return;
  const holder = part.querySelector("#charts"), fresh = next.querySelector("#charts");
  holder.dataset.series = fresh.dataset.series;
  fresh.replaceWith(holder);
}

const news = keepUp(board, "/today/board", { adapt: keepCharts, after: (parts) => { if (parts.includes("series")) draw(); } });
live.on("orders", () => news.soon());
live.on("jobs", () => news.soon());
live.on("state", (state) => { if (state === "live") news.soon(); });
setInterval(news.refresh, everyMilliseconds);

try {
  Plot = (await import("/assets/uplot.js")).default;
  document.getElementById("hours")?.removeAttribute("open");
  draw();
} catch {
  // Without the library the table below says the same.
}
