// One order: keys, neighbours of the list it was opened from, live changes, and nothing typed is lost.
import { api, confirm, keys, live, make, page, toast, words } from "/assets/console.js";
import { keepUp } from "/assets/parts.js";

const board = () => document.getElementById("order");
const id = board().dataset.order;
const isEditing = () => board().hasAttribute("data-editing");

// MARK: the list it was opened from

let list = { address: "/orders", ids: [] };
try {
  const kept = JSON.parse(sessionStorage.getItem("crossdock.list") ?? "null");
  if (kept && typeof kept.address === "string" && kept.address.startsWith("/orders") && Array.isArray(kept.ids)) list = kept;
} catch {
  // A list that cannot be read is no list.
}
const place = list.ids.map(String).indexOf(id);
const neighbours = { list: list.address, previous: place > 0 ? `/orders/${list.ids[place - 1]}` : null, next: place >= 0 && place < list.ids.length - 1 ? `/orders/${list.ids[place + 1]}` : null };

function showNeighbours() {
  const bar = document.querySelector(".neighbours");
  if (!bar || place < 0) return;
  bar.hidden = false;
  for (const link of bar.querySelectorAll("[data-go]")) {
    const address = neighbours[link.dataset.go];
    if (address) link.setAttribute("href", address); else { link.removeAttribute("href"); link.setAttribute("aria-disabled", "true"); }
  }
  if (!bar.querySelector(".quiet")) bar.append(Object.assign(document.createElement("span"), { className: "quiet", textContent: words("order.place", { at: place + 1, all: list.ids.length }) }));
}

async function go(where) {
  if (!neighbours[where] || !await mayLeave()) return;
  store([]);
  isLeaving = true;
  location.assign(neighbours[where]);
}

// MARK: nothing typed is lost

const storeName = `crossdock.order.${id}`, shownCharacters = 80;
const person = document.querySelector("details.who > summary")?.textContent.trim() ?? "";
const form = () => document.querySelector("form[data-dirty-guard]");
const nameOf = (field) => (field.id === "note" ? "note" : field.name);
const plain = (text) => (text ?? "").replace(/\r\n?/g, "\n");
/** What stood there when the form was opened: the hub decides by it whether somebody else wrote meanwhile. */
const seenBy = (field) => field.form?.elements.namedItem(`was.${field.name.slice(2)}`) ?? null;

function isChanged(field) {
  // What the hub did not take came back with the form, and stands nowhere but here.
  if (field.hasAttribute("aria-invalid")) return plain(field.value) !== plain(seenBy(field)?.value);
  return field.tagName === "SELECT" ? [...field.options].some((one) => one.selected !== one.defaultSelected) : field.value !== field.defaultValue;
}

/** The fields whose contents are on this page alone; those of the form `except` are on their way. */
function changedFields(except = null) {
  return [...document.querySelectorAll("form[data-dirty-guard] [name^='f.'], #note")].filter((field) => !except?.contains(field) && isChanged(field));
}
function isDirty(except = null) { return changedFields(except).length > 0; }
async function mayLeave(except = null) { return !isDirty(except) || confirm({ title: words("order.leave") }); }

// `offered`: what was typed before the page was left and is neither put back nor thrown away yet.
let offered = stored(), isPuttingBack = false;

function stored() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(storeName) ?? "null");
    if (!kept || kept.person !== person || !Array.isArray(kept.fields)) return [];
    // It was sent as a page, and this one says that it is in, or holds what was refused.
    const isIn = kept.isSent && document.querySelector("#notices > .notice.good, form[data-dirty-guard] [aria-invalid]");
    return isIn ? [] : kept.fields;
  } catch {
    return [];
  }
}

/** Keeps what is typed over the end of a session and a reload, beside what is still offered. */
function store(fields = changedFields(), isSent = false) {
  const typed = fields.map((field) => ({ name: nameOf(field), was: seenBy(field)?.value ?? "", value: field.value }));
  const all = [...offered.filter((old) => !typed.some((one) => one.name === old.name)), ...typed];
  try {
    if (all.length === 0) sessionStorage.removeItem(storeName); else sessionStorage.setItem(storeName, JSON.stringify({ person, isSent, fields: all }));
  } catch {
    // A browser that keeps nothing still has it on the page.
  }
}

function paintOffer() {
  document.getElementById("kept")?.remove();
  if (offered.length === 0) return;
  const values = offered.map(({ value }) => { const signs = [...value]; return signs.length > shownCharacters ? `${signs.slice(0, shownCharacters).join("")}…` : value || "–"; });
  board().before(make("div", { class: "notice bar warn", id: "kept", role: "status" },
    make("span", {}, words("order.kept"), ...values.flatMap((value) => [" ", make("q", {}, make("bdi", {}, value))])),
    make("span", { class: "actions end" }, make("button", { type: "button", class: "primary", onclick: putBack }, words("order.putBack")),
      make("button", { type: "button", onclick: () => { offered = []; store(); paintOffer(); } }, words("order.throwAway")))));
}

function putBack() {
  const edit = document.getElementById("edit");
  if (form() || offered.every(({ name }) => name === "note")) return fill();
  if (!edit || edit.hasAttribute("aria-disabled")) return toast(edit?.title || words("order.notPutBack"), { tone: "warn" });
  // Filled in as soon as the form is here.
  isPuttingBack = true;
  edit.click();
}

/** What was typed since stands; what has no open field any more stays offered. */
function fill() {
  isPuttingBack = false;
  const left = [];
  for (const one of offered) {
    const field = one.name === "note" ? document.getElementById("note") : form()?.elements.namedItem(one.name);
    if (field && isChanged(field)) continue;
    const isOpen = field && !field.disabled && (field.tagName !== "SELECT" || [...field.options].some((choice) => choice.value === one.value));
    if (!isOpen) { left.push(one); continue; }
    field.value = one.value;
    if (seenBy(field)) seenBy(field).value = one.was;
    markChanged(field);
  }
  offered = left;
  store();
  paintOffer();
  if (left.length > 0) toast(words("order.notPutBack"), { tone: "warn" });
  changedFields()[0]?.focus();
}

function markChanged(field) { if (field.id !== "note") field.closest(".field").classList.toggle("dirty", isChanged(field)); }

let isSending = false, isLeaving = false, isAsking = false;
addEventListener("beforeunload", (event) => { if (isDirty() && !isLeaving) event.preventDefault(); });
addEventListener("pageshow", () => { isLeaving = false; });
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("method") === "dialog") return;
  // What htmx sends stays on the page; what the browser sends takes along the form's own fields alone.
  isSending = true;
  isLeaving = !event.defaultPrevented && !isDirty(event.target);
  if (isLeaving) store(changedFields(), true);
  setTimeout(() => { isSending = false; isLeaving = false; }, 3000);
});
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches?.("form[data-dirty-guard] [name^='f.'], #note")) return;
  markChanged(field);
  store();
});

// Whatever htmx sends swaps the whole order: a form with changes is asked for first, but for its own saving.
document.addEventListener("htmx:confirm", async (event) => {
  const { elt, etc, triggeringEvent, issueRequest } = event.detail, own = elt.tagName === "FORM" ? elt : null;
  if (isRepeating || elt.matches("form[data-dirty-guard]") || !isDirty(own)) return;
  event.preventDefault();
  // The question takes the focus, by which htmx knows the button.
  const button = triggeringEvent?.submitter;
  if (button?.name) etc.values = { ...etc.values, [button.name]: button.value };
  isAsking = true;
  const isSure = await mayLeave(own);
  isAsking = false;
  if (isSure) issueRequest(true);
});

// A note that is being written is no part of the form that is saved.
let note = "";
document.addEventListener("htmx:beforeSwap", (event) => {
  const field = document.getElementById("note");
  note = event.detail.requestConfig?.elt?.matches("form[data-dirty-guard]") && field && isChanged(field) ? field.value : "";
});

// MARK: what a post answers

// htmx swaps the whole order; a notice in it becomes a short note, an edit can be taken back.
function settle() {
  showNeighbours();
  for (const says of document.querySelectorAll("[data-toast]")) {
    const tone = ["good", "warn", "bad"].find((one) => says.classList.contains(one)) ?? "good";
    toast(says.textContent, { tone, action: says.dataset.undo ? { label: words("order.undo"), run: () => undo(says.dataset.undo) } : null });
    says.remove();
  }
  document.querySelector("#order [autofocus]")?.focus();
  if (note !== "" && document.getElementById("note")) document.getElementById("note").value = note;
  note = "";
  if (isPuttingBack && form()) fill(); else store();
  news = keep();
}

function undo(batch) {
  globalThis.htmx?.ajax("POST", `/orders/${id}/undo`, { target: "#order", swap: "outerHTML", values: { csrf: page.csrf, batch } });
}

let focusBack = null;
document.addEventListener("htmx:beforeRequest", (event) => { focusBack = event.target.closest("[data-part]")?.dataset.part ?? null; });
document.addEventListener("htmx:afterSettle", () => {
  settle();
  if (!isEditing() && focusBack && document.activeElement === document.body) document.querySelector(`[data-part="${focusBack}"] :is(a[href], button:not(:disabled), summary)`)?.focus({ preventScroll: true });
});
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, requestConfig } = event.detail;
  let problem = null;
  try { problem = JSON.parse(xhr.responseText); } catch { /* A page instead of a problem: the words below say enough. */ }
  if (xhr.status === 401 || problem?.code === "csrf") sendAgain(requestConfig);
  else toast(problem?.detail ?? words("shell.noAnswer"), { tone: "bad" });
});

let isRepeating = false;

/** The session has ended, or is another one: it is asked for over the page, where everything typed stays, and what was sent goes once more. */
async function sendAgain({ elt, verb, path, formData }) {
  store();
  try {
    // Nothing is checked by it but the session and its secret.
    await api("POST", "/api/v1/order-edits/check", { edits: [] });
  } catch (error) {
    // Who may not edit orders is signed in all the same.
    if (error.code !== "scope_missing") { toast(error.detail, { tone: "bad" }); return; }
  }
  const values = verb === "get" ? {} : { ...Object.fromEntries(formData), csrf: page.csrf };
  isRepeating = true;
  globalThis.htmx.ajax(verb, path, { source: elt.isConnected ? elt : undefined, target: "#order", swap: "outerHTML", values });
  isRepeating = false;
}
document.addEventListener("htmx:sendError", () => toast(words("shell.noAnswer"), { tone: "bad" }));

// MARK: live changes

function keep() { return keepUp(board(), `/orders/${id}`, { isHeld: () => isEditing() || isAsking, after: showNeighbours }); }
let news = keep(), isTold = false;
live.on("orders", ({ ids, more }) => {
  if (!more && !ids.includes(id)) return;
  if (!isEditing()) { isTold = false; news.soon(); } else if (!isTold && ids.includes(id) && !isSending) {
    isTold = true;
    toast(words("order.changed"), { tone: "warn" });
  }
});
live.on("state", (state) => { if (state === "live") news.soon(); });

// MARK: keys

function press(selector) { document.querySelector(selector)?.click(); }
for (const button of document.querySelectorAll("[data-key]")) {
  const key = button.dataset.key;
  keys.add(key, button.textContent.trim(), () => {
    const now = document.querySelector(`[data-key="${key}"]`);
    now?.click();
    now?.closest("details")?.querySelector("input[name=reason]")?.focus();
  });
}
keys.add("e", words("order.keyEdit"), () => press("#edit:not([aria-disabled])"));
keys.add("n", words("order.keyNote"), () => document.getElementById("note")?.focus());
keys.add("p", words("order.keyPrint"), () => press("[data-label-link]"));
keys.add("j", words("order.keyNext"), () => go("next"));
keys.add("k", words("order.keyPrevious"), () => go("previous"));
keys.add("u", words("order.keyList"), () => go("list"));
keys.add("Ctrl+s", words("order.keySave"), () => press("[data-save]"), { whileTyping: true });
keys.add("Ctrl+Enter", words("order.keySave"), () => { const form = document.activeElement?.closest("form"); if (form) form.requestSubmit(); else press("[data-save]"); }, { whileTyping: true });
document.addEventListener("click", (event) => { if (event.target.closest?.("[aria-disabled=true]")) event.preventDefault(); }, { capture: true });

settle();
paintOffer();
