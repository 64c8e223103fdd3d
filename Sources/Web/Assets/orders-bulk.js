// Bulk actions: what will go and what will not, then a bar that goes on whatever page one is on.

import { api, confirm, dialog, live, make, number, toast, words } from "/assets/console.js";

const lookAgainMilliseconds = 700, shownRefusals = 200;
const following = new Map();

function whyWord(code, sentence) {
  const text = words(`orders.why.${code}`);
  return text === `orders.why.${code}` ? sentence : text;
}

function name(kind) { return words(`orders.do.${kind}`); }

/** Asks for what the action needs, shows what will go, and starts it. `ids`: the chosen orders, in the list's order. */
export async function bulk(kind, ids, { couriers = [], tags = [], onStart = () => {} } = {}) {
  const needsReason = kind === "hold" || kind === "exclude", isTag = kind === "tag" || kind === "untag";
  const summary = make("div", { class: "preview", role: "status" });
  const form = make("form", { method: "dialog" }, make("h2", {}, `${name(kind)}: ${words("orders.chosen", { count: number(ids.length) })}`));
  let field = null;
  if (needsReason) field = make("input", { id: "bulk-reason", maxlength: "500", required: true, autocomplete: "off" });
  if (isTag) field = make("input", { id: "bulk-tag", maxlength: "60", required: true, list: "tags", autocomplete: "off" });
  if (kind === "courier") field = make("select", { id: "bulk-courier" }, make("option", { value: "" }, words("orders.noChoice")), ...couriers.map((courier) => make("option", { value: courier }, courier)));
  if (kind === "export") field = make("select", { id: "bulk-format" }, make("option", { value: "csv" }, words("orders.csv")), make("option", { value: "xlsx" }, words("orders.xlsx")));
  if (isTag) form.append(make("datalist", { id: "tags" }, ...tags.map((tag) => make("option", { value: tag }))));
  const labels = { hold: "reason", exclude: "reason", tag: "tag", untag: "tag", courier: "courier", export: "format" };
  if (field) form.append(make("div", { class: "field" }, make("label", { for: field.id }, words(`orders.${labels[kind]}`)), field));
  form.append(summary);
  const go = make("button", { class: kind === "exclude" ? "button danger" : "button primary", value: "yes", disabled: true }, name(kind));
  form.append(make("div", { class: "actions" }, go, make("button", { class: "button", value: "", formnovalidate: true }, words("shell.cancel"))));

  const body = () => {
    const value = field?.value.trim();
    return { action: kind, ids, reason: needsReason ? value || "–" : undefined, tag: isTag ? value || undefined : undefined, courier: kind === "courier" && value ? value : undefined, format: kind === "export" ? value : undefined };
  };
  let asked = 0;
  const look = async () => {
    const mine = asked += 1;
    if (isTag && !field.value.trim()) { summary.replaceChildren(); go.disabled = true; return; }
    try {
      const preview = await api("POST", "/api/v1/order-bulk/preview", body());
      if (mine !== asked) return;
      summary.replaceChildren(...previewParts(preview));
      go.disabled = preview.goes === 0;
      if (!field && !go.disabled) go.focus();
      go.textContent = preview.goes > 0 ? words("orders.doCount", { name: name(kind), count: number(preview.goes) }) : name(kind);
    } catch (error) {
      if (mine !== asked) return;
      summary.replaceChildren(make("p", { class: "fault" }, error.detail));
      go.disabled = true;
    }
  };
  let timer = 0;
  if (field && (isTag || kind === "courier")) field.addEventListener("input", () => { clearTimeout(timer); go.disabled = true; timer = setTimeout(look, 200); });
  look();
  const answer = dialog(form, { label: name(kind) });
  (field ?? go).focus();
  if (await answer !== "yes") return null;
  try {
    const action = await api("POST", "/api/v1/order-bulk", body(), { idempotencyKey: crypto.randomUUID() });
    onStart(action);
    follow(action);
    return action;
  } catch (error) {
    toast(error.detail, { tone: "bad" });
    return null;
  }
}

function previewParts(preview) {
  const parts = [make("p", { class: "strong" }, words("orders.willGo", { goes: number(preview.goes), total: number(preview.total) }))];
  if (preview.unchanged > 0) parts.push(make("p", { class: "quiet" }, words("orders.soAlready", { count: number(preview.unchanged) })));
  for (const group of preview.refused) {
    const some = group.sample.flatMap((one) => [make("a", { href: `/orders/${one.id}`, target: "_blank" }, make("bdi", {}, one.number)), " "]);
    parts.push(make("p", { class: "notice warn" }, `${number(group.count)} · `, make("bdi", {}, whyWord(group.code, group.sentence)), " ", ...some));
  }
  return parts;
}

// MARK: progress

/** Shows an action until it has ended, and tells how it ended. */
export function follow(action, { isOld = false } = {}) {
  const place = document.getElementById("bulk-progress");
  if (!place || following.has(action.id)) return;
  const bar = make("progress", { max: String(action.total), value: String(action.done), "aria-label": words("orders.progress") });
  const text = make("span", { class: "n" });
  const stop = make("button", { type: "button", onclick: () => api("POST", `/api/v1/order-bulk/${action.id}/cancel`).catch((error) => toast(error.detail, { tone: "bad" })) }, words("orders.stop"));
  const strip = make("div", { class: "job", role: "status", "data-id": action.id }, make("a", { href: `/orders/bulk/${action.id}` }, name(action.action)), bar, text, stop);
  place.append(strip);
  const entry = { isOver: false, timer: 0 };
  following.set(action.id, entry);
  const paint = (now) => {
    bar.value = now.done;
    text.textContent = words("orders.progressText", { done: number(now.done), total: number(now.total) });
    if (now.state === "running" || now.state === "cancelling" || entry.isOver) return;
    entry.isOver = true;
    clearInterval(entry.timer);
    strip.remove();
    following.delete(now.id);
    if (!isOld || now.state !== "done" || now.refused > 0) ended(now);
    document.dispatchEvent(new CustomEvent("bulkended", { detail: now }));
  };
  entry.look = async () => { if (!entry.isOver) await api("GET", `/api/v1/order-bulk/${action.id}`).then(paint, () => {}); };
  entry.timer = setInterval(entry.look, lookAgainMilliseconds);
  paint(action);
}

live.on("jobs", ({ id }) => { following.get(id)?.look(); });

function ended(action) {
  const text = words(action.state === "done" ? "orders.ended" : action.state === "failed" ? "orders.endedFailed" : "orders.endedStopped",
    { name: name(action.action), went: number(action.went), total: number(action.total), refused: number(action.refused) });
  const tone = action.state === "failed" ? "bad" : action.refused > 0 ? "warn" : "good";
  let choice = null;
  if (action.action === "export" && action.state === "done") choice = { label: words("orders.fetch"), run: () => location.assign(`/orders/bulk/${action.id}/file`) };
  else if (action.refused > 0) choice = { label: words("orders.showRefused"), run: () => showRefused(action) };
  else if (action.canBeUndone) choice = { label: words("orders.undo"), run: () => undo(action) };
  toast(text, { tone, action: choice });
}

async function showRefused(action) {
  const found = (await api("GET", `/api/v1/order-bulk/${action.id}/refused?limit=${shownRefusals}`)).data;
  const rows = found.map((one) => make("tr", {}, make("td", { class: "key" }, make("a", { href: `/orders/${one.order}` }, make("bdi", {}, one.number))), make("td", { class: "long" }, make("bdi", {}, whyWord(one.code, one.sentence)))));
  const body = make("form", { method: "dialog" }, make("h2", {}, words("orders.refusedTitle", { count: number(action.refused) })), make("div", { class: "scroll" }, make("table", {}, make("tbody", {}, ...rows))),
    make("div", { class: "actions" }, action.canBeUndone ? make("button", { class: "button", value: "undo" }, words("orders.undo")) : null, make("a", { class: "button", href: `/orders/bulk/${action.id}` }, words("orders.whole")), make("button", { class: "button primary", value: "", autofocus: true }, words("shell.close"))));
  if (await dialog(body, { wide: true, label: words("orders.refusedTitle", { count: number(action.refused) }) }) === "undo") undo(action);
}

export async function undo(action) {
  try {
    const preview = await api("GET", `/api/v1/order-bulk/${action.id}/undo`);
    const isWanted = await confirm({ title: words("orders.undoTitle", { name: name(action.action) }), body: make("div", {}, ...previewParts(preview)), action: words("orders.undo") });
    if (isWanted && preview.goes > 0) follow(await api("POST", `/api/v1/order-bulk/${action.id}/undo`, undefined, { idempotencyKey: crypto.randomUUID() }));
  } catch (error) {
    toast(error.detail, { tone: "bad" });
  }
}

/** What was started before this page was opened goes on being shown. */
export async function followRunning() {
  const found = await api("GET", "/api/v1/order-bulk?limit=5").catch(() => ({ data: [] }));
  for (const action of found.data) if (action.state === "running" || action.state === "cancelling") follow(action);
}

// The action's own page: it shows itself anew until it has ended.
const own = document.getElementById("bulk-action");
if (own?.dataset.running === "yes") {
  const look = async () => {
    const now = await api("GET", `/api/v1/order-bulk/${own.dataset.id}`).catch(() => null);
    if (!now) return;
    own.querySelector("progress").value = now.done;
    if (now.state !== "running" && now.state !== "cancelling") location.reload();
  };
  live.on("jobs", ({ id }) => { if (id === own.dataset.id) look(); });
  setInterval(look, lookAgainMilliseconds);
}
