// The page of orders: puts the grid over the plain list, and everything that is done there by hand or by key.

import { api, confirm, dialog, keys, live, make, number, page, toast, words } from "/assets/console.js";
import { Clock, byField, isPersonal, title, usual } from "/assets/orders-columns.js";
import { Grid } from "/assets/orders-grid.js";
import { Sheet, askToDiscard, causeWord, troubleTable } from "/assets/orders-edit.js";
import { approve, lay, readBlock } from "/assets/orders-paste.js";
import { bulk, follow, followRunning, undo as undoBulk } from "/assets/orders-bulk.js";
import { chooseColumns, keepColumns, refreshCounts, saveView } from "/assets/orders-views.js";

const element = document.getElementById("grid"), list = document.getElementById("list"), form = document.getElementById("filter"), tools = document.getElementById("tools");
const settings = JSON.parse(element.dataset.page);
const phonePixels = 640, countMilliseconds = 4000, changedAtOnce = 200, namedChanges = 3;
const clock = new Clock(settings.zone);
let layout = settings.columns.length > 0 ? settings.columns : usual.map((field) => ({ field }));
let sort = settings.sort, total = null, choices = { tags: [] };

const mayEdit = (field) => settings.mayWrite && (settings.maySeeBuyers || !isPersonal(field));
const grid = new Grid(element, {
  clock, couriers: settings.couriers, mayWrite: settings.mayWrite, mayEdit,
  onColumns: (columns) => { layout = columns; keepColumns(settings.view, columns); },
  onSort: (wanted) => { form.elements.sort.value = (wanted.isAscending ? "" : "-") + wanted.column; show(); },
  onChosen: paintChosen, onOpen: (id) => location.assign(`/orders/${id}`),
});
const sheet = new Sheet({ rowOf: (id) => grid.rows.get(id), onChange: (id) => grid.paint(id), onCount: paintUnsaved, person: settings.person });
grid.sheet = sheet;

// MARK: the list

function query() {
  const values = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "" && name !== "page") values.append(name, value);
  for (const [name, value] of new URLSearchParams(location.search)) if (["placedFrom", "placedBefore", "shipFrom", "shipBefore", "waiting", "waitingSubject"].includes(name) && value) values.set(name, value);
  const early = new URLSearchParams(location.search).get("shipBy");
  if (early && !values.has("due")) values.set("due", early);
  if (values.has("waiting") && new URLSearchParams(location.search).get("reason")) { values.delete("reason"); values.set("waitingSubject", new URLSearchParams(location.search).get("reason")); }
  return values;
}

let asked = 0;
async function show({ isSilent = false } = {}) {
  const mine = asked += 1, values = query();
  element.setAttribute("aria-busy", "true");
  try {
    const answer = await api("GET", `/api/v1/order-grid?${values}&ids=true&limit=200`);
    if (mine !== asked) return;
    const wanted = values.get("sort") ?? "-placed";
    sort = { column: wanted.replace("-", ""), isAscending: !wanted.startsWith("-") };
    total = answer.total;
    // What the server said of an empty list when the page came says what to do next.
    const isToldAlready = isSilent && answer.ids.length === 0 && list.querySelector(".empty") !== null;
    list.hidden = !isToldAlready;
    element.hidden = answer.ids.length === 0;
    document.getElementById("nothing")?.remove();
    if (answer.ids.length === 0 && !isToldAlready) element.after(make("p", { class: "empty", id: "nothing" }, words("orders.nothing"), " ", make("a", { href: "/orders" }, words("orders.showAll"))));
    grid.show(answer.ids, answer.data, layout, sort);
    paintTotal(answer);
    if (!isSilent) history.replaceState(null, "", `/orders?${values}`);
  } catch (error) {
    toast(error.detail, { tone: "bad" });
  } finally {
    element.removeAttribute("aria-busy");
  }
}

function paintTotal(answer) {
  document.getElementById("total").textContent = total.isExact ? words("orders.total", { count: number(total.count) }) : words("orders.totalMore", { count: number(total.count) });
  // The view's own number beside its name is of the same moment.
  const beside = document.querySelector("#views a[aria-current] .n");
  if (beside && total.isExact) beside.textContent = number(total.count);
  document.getElementById("unsorted")?.remove();
  if (!answer.isSorted) element.before(make("p", { class: "notice warn", id: "unsorted" }, words("orders.notSorted", { count: number(answer.longest) })));
  else if (answer.ids.length >= answer.longest) element.before(make("p", { class: "notice", id: "unsorted" }, words("orders.firstOnly", { count: number(answer.longest) })));
}

form.addEventListener("submit", (event) => { event.preventDefault(); form.elements.view?.remove(); settings.view = null; mark(null); show(); grid.focus(); });
form.addEventListener("change", (event) => { if (event.target.tagName === "SELECT") form.requestSubmit(); });

function mark(view) {
  for (const link of document.querySelectorAll("#views a")) if (link.dataset.view === view) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
}

// MARK: chosen orders

const chosenBar = make("div", { class: "bar chosen", id: "chosen", role: "toolbar", "aria-label": words("orders.chosenLabel"), hidden: true });
// What comes and goes stands under the grid, which gives up the room at its end: the rows stay where they are.
const beneath = document.getElementById("beneath");
beneath.prepend(chosenBar);
const kinds = settings.mayWrite ? ["approve", "hold", "exclude", "reopen", "tag", "untag", "courier", "ship", "export"] : ["export"];

function paintChosen() {
  const count = grid.chosen.size;
  chosenBar.hidden = count === 0;
  const box = element.querySelector("input.all");
  if (box) { box.checked = count > 0 && count === grid.ids.length; box.indeterminate = count > 0 && count < grid.ids.length; }
  if (count === 0) return;
  const rest = grid.ids.length > count ? make("button", { type: "button", class: "link", onclick: () => grid.chooseAll() }, words("orders.chooseAll", { count: number(grid.ids.length) })) : null;
  const focused = document.activeElement?.dataset?.kind;
  chosenBar.replaceChildren(make("strong", { role: "status" }, words("orders.chosen", { count: number(count) })), rest ?? "",
    ...kinds.map((kind) => make("button", { type: "button", "data-kind": kind, onclick: () => act(kind) }, words(`orders.do.${kind}`))),
    make("button", { type: "button", class: "link", onclick: () => { grid.chooseNone(); grid.focus(); } }, words("orders.chooseNone")));
  if (focused) chosenBar.querySelector(`[data-kind="${focused}"]`)?.focus();
}

/** Without a choice it is the order under the cursor. */
async function act(kind) {
  const ids = grid.chosen.size > 0 ? grid.chosenInOrder : grid.cursor ? [grid.cursor.id] : [];
  if (ids.length === 0) return toast(words("orders.chooseFirst"), { tone: "warn" });
  const action = await bulk(kind, ids, { couriers: settings.couriers, tags: choices.tags });
  if (action) grid.chooseNone();
  grid.focus();
}

document.addEventListener("bulkended", async () => { await refreshRows([...grid.rows.keys()].slice(0, changedAtOnce * 5)); refreshCounts(document.getElementById("views"), number).catch(() => {}); });

// MARK: unsaved cells

function paintUnsaved() {
  const place = document.getElementById("unsaved"), { count } = sheet;
  if (sheet.offered.length === 0) document.getElementById("offer")?.remove();
  document.getElementById("typed")?.remove();
  if (count === 0) return;
  const troubles = sheet.troubles.length;
  place.append(make("div", { class: `notice bar ${troubles ? "warn" : ""}`, id: "typed", role: "status" },
    make("span", {}, words("orders.unsaved", { cells: number(count), orders: number(sheet.orders) }), troubles ? ` ${words("orders.troubles", { count: number(troubles) })}` : ""),
    make("span", { class: "actions end" },
      troubles ? make("button", { type: "button", onclick: showTroubles }, words("orders.lookAt")) : "",
      make("button", { type: "button", class: "primary", id: "save", disabled: sheet.isSaving, onclick: save }, words("orders.save")),
      make("button", { type: "button", disabled: sheet.done.length === 0, onclick: () => sheet.undo() }, words("orders.undoCell")),
      make("button", { type: "button", onclick: discard }, words("orders.discard")))));
}

async function save() {
  grid.focus();
  if (sheet.count === 0) return toast(words("orders.nothingToSave"));
  const answer = await sheet.save(async ({ results }) => refreshRows(results.map((one) => one.order), { isOwn: true }));
  if (!answer) return;
  const cells = answer.results.reduce((sum, one) => sum + one.applied.length, 0), orders = answer.results.filter((one) => one.applied.length > 0).length;
  const amended = answer.results.filter((one) => one.isAmended).length, troubles = sheet.troubles.length;
  if (cells > 0) {
    toast(words("orders.saved", { cells: number(cells), orders: number(orders) }) + (amended ? ` ${words("orders.amended", { count: number(amended) })}` : ""),
      { tone: "good", action: answer.batch ? { label: words("orders.undo"), run: () => undoBatch(answer.batch.id) } : null });
  } else if (troubles === 0) toast(words("orders.sameAlready"));
  if (troubles > 0) showTroubles();
  refreshCounts(document.getElementById("views"), number).catch(() => {});
}

async function undoBatch(id) {
  try {
    const answer = await api("POST", `/api/v1/order-edits/${id}/undo`, undefined, { idempotencyKey: crypto.randomUUID() });
    await refreshRows(answer.results.map((one) => one.order), { isOwn: true });
    const back = answer.results.filter((one) => one.applied.length > 0).length, stuck = answer.results.filter((one) => one.conflicts.length + one.refused.length > 0);
    toast(words("orders.undone", { orders: number(back) }) + (stuck.length ? ` ${words("orders.undoStuck", { count: number(stuck.length), names: stuck.slice(0, namedChanges).map((one) => one.number).join(", ") })}` : ""), { tone: stuck.length ? "warn" : "good" });
  } catch (error) {
    toast(error.detail, { tone: "bad" });
  }
}

async function discard() {
  if (await askToDiscard(sheet)) sheet.discard();
  grid.focus();
}

async function showTroubles() {
  const box = make("form", { method: "dialog" }, make("h2", {}, words("orders.conflictTitle")), make("p", {}, words("orders.conflictBody")));
  box.append(troubleTable(sheet, (field) => (field.startsWith("lines.") ? title("lines") : title(field)), clock, () => box.closest("dialog").close()),
    make("div", { class: "actions" }, make("button", { class: "button primary", value: "" }, words("shell.close"))));
  await dialog(box, { wide: true, label: words("orders.conflictTitle") });
  grid.focus();
}

addEventListener("beforeunload", (event) => { if (sheet.count > 0) event.preventDefault(); });

/** What was left unsaved is offered until somebody says yes or no, whatever else is told here meanwhile. */
function offerKept() {
  const rows = sheet.offered;
  if (rows.length === 0) return;
  const count = rows.reduce((sum, row) => sum + row[3].length, 0);
  document.getElementById("unsaved").prepend(make("div", { class: "notice bar warn", id: "offer", role: "status" }, make("span", {}, words("orders.kept", { cells: number(count), orders: number(rows.length) })),
    make("span", { class: "actions end" },
      make("button", { type: "button", class: "primary", onclick: async () => { await grid.ensure(rows.map((row) => row[0])); sheet.restore(); grid.focus(); } }, words("orders.putBack")),
      make("button", { type: "button", onclick: () => { sheet.decline(); grid.focus(); } }, words("orders.discard")))));
}

// MARK: what others change meanwhile

const changes = make("p", { class: "notice", id: "changes", role: "status", hidden: true });
beneath.append(changes);

/** Rows as they are now. Those that somebody else changed are marked, and stay where they are. */
async function refreshRows(ids, { isOwn = false } = {}) {
  const known = ids.filter((id) => grid.rows.has(id));
  const told = [];
  for (let start = 0; start < known.length; start += changedAtOnce) {
    const { data } = await api("GET", `/api/v1/order-grid/rows?cause=true&ids=${known.slice(start, start + changedAtOnce).join(",")}`);
    for (const row of data) {
      const old = grid.rows.get(row.id);
      if (old && old.revision === row.revision && old.fulfilment === row.fulfilment && old.payment === row.payment && old.workflow === row.workflow) continue;
      grid.rows.set(row.id, row);
      const who = row.cause, isMe = who?.kind === "person" && who.subject === settings.person;
      if (!isOwn && !isMe) {
        const text = words("orders.changedBy", { who: who?.kind === "delivery" || who?.kind === "reconciliation" ? row.channel : causeWord(who) });
        grid.changed.set(row.id, text);
        told.push(`${row.number}: ${text}`);
      }
      for (const [field, cell] of sheet.cells.get(row.id)?.cells ?? []) {
        const theirs = sheet.known(row.id, field);
        if (!isOwn && theirs !== cell.seen && theirs !== cell.value && !sheet.isSent(row.id, field, theirs)) cell.trouble = { kind: "conflict", mine: cell.value, theirs, cause: who, at: row.updatedAt };
      }
      grid.paint(row.id);
    }
  }
  paintUnsaved();
  if (told.length === 0) return;
  changes.hidden = false;
  changes.replaceChildren(make("span", {}, told.slice(0, namedChanges).join(" · ") + (told.length > namedChanges ? ` · ${words("orders.andMore", { count: number(told.length - namedChanges) })}` : "")), " ",
    make("button", { type: "button", class: "link", onclick: () => { changes.hidden = true; grid.changed.clear(); grid.paintAll(); grid.focus(); } }, words("orders.seen")));
}

new ResizeObserver(() => { grid.fit(); }).observe(document.getElementById("main"));
addEventListener("resize", () => { grid.fit(); });

let countTimer = 0;
live.on("orders", ({ ids, more }) => {
  const mine = more ? visibleIDs() : ids.filter((id) => grid.rows.has(id));
  if (mine.length > 0) refreshRows(mine).catch(() => {});
  if ((more || ids.some((id) => !grid.place.has(id))) && !countTimer) countTimer = setTimeout(recount, countMilliseconds);
});

// While the stream was broken or the tab hidden nothing was told: every row that is here is looked at again, what is in sight first.
let isBehind = false, isCatchingUp = false;
async function catchUp() {
  isBehind = true;
  if (isCatchingUp) return;
  isCatchingUp = true;
  try {
    while (isBehind) {
      isBehind = false;
      await refreshRows([...new Set([...visibleIDs(), ...grid.rows.keys()])]);
    }
  } catch (error) {
    // A hub that is just coming back; who is signed out was asked already.
    if (error.status === 0 || error.status >= 500) setTimeout(catchUp, countMilliseconds);
  } finally {
    isCatchingUp = false;
  }
}

live.on("state", (state) => {
  // Before the first list is here nothing can have been missed.
  if (state !== "live" || !total) return;
  catchUp();
  if (!countTimer) countTimer = setTimeout(recount, countMilliseconds);
});

function visibleIDs() {
  const { first, last } = grid.sight;
  return grid.ids.slice(first, last + 1);
}

/** New orders that match are offered; the list does not move by itself. */
async function recount() {
  countTimer = 0;
  const answer = await api("GET", `/api/v1/order-grid?${query()}&limit=1`).catch(() => null);
  refreshCounts(document.getElementById("views"), number).catch(() => {});
  if (!answer || !total || answer.total.count === total.count) return;
  document.getElementById("news")?.remove();
  const difference = answer.total.count - total.count;
  changes.before(make("p", { class: "notice", id: "news" }, words(difference > 0 ? "orders.more" : "orders.fewer", { count: number(Math.abs(difference)) }), " ",
    make("button", { type: "button", class: "link", onclick: () => { document.getElementById("news")?.remove(); show(); } }, words("orders.refresh"))));
}

// MARK: keys

const group = { group: words("orders.keysGroup") };
const inGrid = (run) => () => { if (!element.hidden) run(); };
function addKeys() {
  keys.add("j", words("orders.key.down"), inGrid(() => grid.move(1)), group);
  keys.add("k", words("orders.key.up"), inGrid(() => grid.move(-1)), group);
  keys.add("x", words("orders.key.select"), inGrid(() => grid.toggle()), group);
  keys.add(" ", words("orders.key.select"), inGrid(() => grid.toggle()), group);
  keys.add("Ctrl+a", words("orders.key.selectAll"), inGrid(() => grid.chooseAll()), group);
  keys.add("o", words("orders.key.open"), inGrid(() => { const at = grid.cursor; if (at) location.assign(`/orders/${at.id}`); }), group);
  keys.add("n", words("orders.key.new"), () => show(), group);
  keys.add("c", words("orders.key.columns"), columnsDialog, group);
  keys.add("g v", words("orders.key.views"), () => (document.querySelector('#views a[aria-current]') ?? document.querySelector("#views a")).focus(), group);
  keys.add("p", words("orders.key.print"), inGrid(printLabel), group);
  if (!settings.mayWrite) return;
  keys.add("a", words("orders.key.approve"), inGrid(() => act("approve")), group);
  keys.add("h", words("orders.key.hold"), inGrid(() => act("hold")), group);
  keys.add("e", words("orders.key.edit"), inGrid(editHere), group);
  keys.add("F2", words("orders.key.edit"), inGrid(() => grid.edit()), group);
  keys.add("t", words("orders.key.tag"), inGrid(() => act("tag")), group);
  keys.add("Ctrl+s", words("orders.key.save"), save, { ...group, whileTyping: true });
  keys.add("Ctrl+z", words("orders.key.undo"), () => sheet.undo(), group);
  keys.add("Ctrl+y", words("orders.key.redo"), () => sheet.redo(), group);
  keys.add("Ctrl+Z", words("orders.key.redo"), () => sheet.redo(), group);
}

/** The cell under the cursor, or the first of its row that can be edited. */
function editHere() {
  const at = grid.cursor;
  if (!at) return;
  if (byField.get(at.field)?.isEdited && mayEdit(at.field)) return grid.edit();
  const field = grid.fields.find((one) => byField.get(one).isEdited && mayEdit(one));
  if (field) grid.go(at.index, field).then(() => grid.edit());
}

function printLabel() {
  const row = grid.rows.get(grid.cursor?.id);
  if (!row) return;
  if (!row.tracking) return toast(words("orders.noLabel", { number: row.number }), { tone: "warn" });
  open(`/api/v1/orders/${row.id}/label?format=pdf`, "_blank", "noopener");
}

element.addEventListener("keydown", (event) => {
  if (event.target.closest("input:not([type=checkbox]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("button")) return;
  if (event.key === "Enter") {
    const at = grid.cursor;
    if (!at) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (byField.get(at.field)?.isEdited && mayEdit(at.field)) grid.edit(); else location.assign(`/orders/${at.id}`);
  } else if ((event.key === "Delete" || event.key === "Backspace") && settings.mayWrite) {
    event.preventDefault();
    grid.clear();
  }
}, { capture: true });

document.addEventListener("savecells", save);

// MARK: copying and pasting

const isElsewhere = (event) => grid.editing || !grid.hasFocus || event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog");

document.addEventListener("copy", (event) => {
  if (isElsewhere(event)) return;
  event.clipboardData.setData("text/plain", grid.copyText());
  event.preventDefault();
});

document.addEventListener("paste", async (event) => {
  if (isElsewhere(event) || !settings.mayWrite) return;
  event.preventDefault();
  await paste(event.clipboardData.getData("text/plain"));
});

async function paste(text) {
  const at = grid.cursor;
  if (!at || text === "") return;
  const read = readBlock(text), fields = grid.fields, chosen = grid.block;
  const column = Math.max(0, fields.indexOf(chosen.fields[0] ?? at.field)), row = grid.place.get(chosen.ids[0] ?? at.id);
  const ids = grid.ids.slice(row, row + Math.max(read.length, chosen.ids.length));
  const { changes, left } = lay(read, ids, fields.slice(column), { rows: chosen.ids.length, columns: chosen.fields.length }, (field) => mayEdit(field) && byField.get(field).isEdited && field !== "lines");
  try {
    await grid.ensure(ids);
    const landing = await approve(sheet, changes, left, (id) => grid.rows.get(id)?.number ?? id);
    if (landing.changes.length > 0) {
      sheet.change(landing.changes);
      for (const doubt of landing.doubts) { const cell = sheet.cell(doubt.order, doubt.field); if (cell) { cell.doubt = doubt.sentence; grid.paint(doubt.order); } }
      toast(words("orders.pasted", { count: number(landing.changes.length) }));
    }
  } catch (error) {
    toast(error.detail ?? String(error), { tone: "bad" });
  }
  grid.focus();
}

// MARK: views and tools

async function columnsDialog() {
  const wanted = await chooseColumns(layout);
  if (!wanted) return grid.focus();
  layout = wanted;
  keepColumns(settings.view, layout);
  grid.show(grid.ids, [], layout, sort);
}

async function viewDialog() {
  const views = await api("GET", "/api/v1/order-views").then((answer) => answer.data, () => []);
  const mine = views.find((view) => view.id === settings.view && view.isMine) ?? null;
  const [column, isAscending] = [sort.column, sort.isAscending];
  const saved = await saveView({ filter: currentFilter(), sort: { column, isAscending }, columns: layout.map(({ field, width }) => ({ field, width })) }, mine);
  if (saved) location.assign(saved.isDeleted ? "/orders" : `/orders?view=${saved.id}`);
}

/** The filter in the form that views are saved in. */
function currentFilter() {
  const values = query(), filter = {}, listed = (name) => (values.get(name) ?? "").split(",").filter(Boolean);
  for (const [name, member] of [["channel", "channels"], ["workflow", "workflows"], ["fulfilment", "fulfilments"], ["payment", "payments"]]) if (listed(name).length) filter[member] = listed(name);
  for (const [name, member] of [["flagged", "isFlagged"], ["cod", "isCashOnDelivery"], ["failed", "hasDeadLetter"]]) if (values.has(name)) filter[member] = values.get(name) === "true";
  for (const name of ["due", "courier", "reason", "waiting", "waitingSubject", "search", "placedFrom", "placedBefore", "shipFrom", "shipBefore"]) if (values.has(name)) filter[name] = values.get(name);
  if (values.has("placedDays")) filter.placedDays = Number(values.get("placedDays"));
  if (values.has("tag")) filter.tags = values.get("tag").split(",").map((tag) => tag.trim()).filter(Boolean);
  return filter;
}

// MARK: the beginning

function begin() {
  tools.hidden = false;
  tools.append(make("button", { type: "button", onclick: columnsDialog }, words("orders.columnsWord")), make("button", { type: "button", onclick: viewDialog }, words("orders.saveView")));
  document.body.append(make("datalist", { id: "tags" }));
  api("GET", "/api/v1/order-grid/choices").then((found) => { choices = found; document.getElementById("tags").replaceChildren(...found.tags.map((tag) => make("option", { value: tag }))); }, () => {});
  addKeys();
  if (innerWidth > phonePixels) show({ isSilent: true }).then(() => { offerKept(); });
  followRunning();
}

begin();
