// One order: keys, neighbours of the list it was opened from, live changes, and nothing typed is lost.
import { confirm, keys, live, page, toast, words } from "/assets/console.js";
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
  if (neighbours[where] && await mayLeave()) location.assign(neighbours[where]);
}

// MARK: nothing typed is lost

function isDirty() {
  return [...document.querySelectorAll("form[data-dirty-guard] [name^='f.'], #note")].some((field) => (field.tagName === "SELECT" ? [...field.options].some((one) => one.selected !== one.defaultSelected) : field.value !== field.defaultValue));
}
async function mayLeave() { return !isDirty() || confirm({ title: words("order.leave") }); }

let isSending = false;
addEventListener("beforeunload", (event) => { if (isDirty() && !isSending) event.preventDefault(); });
document.addEventListener("submit", () => { isSending = true; setTimeout(() => { isSending = false; }, 3000); });
document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.matches?.("form[data-dirty-guard] [name^='f.']")) field.closest(".field").classList.toggle("dirty", field.value !== field.defaultValue);
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
  let problem = null;
  try { problem = JSON.parse(event.detail.xhr.responseText); } catch { /* A page instead of a problem: the words below say enough. */ }
  if (event.detail.xhr.status === 401) { location.reload(); return; }
  toast(problem?.detail ?? words("shell.noAnswer"), { tone: "bad" });
});
document.addEventListener("htmx:sendError", () => toast(words("shell.noAnswer"), { tone: "bad" }));

// MARK: live changes

function keep() { return keepUp(board(), `/orders/${id}`, { isHeld: isEditing, after: showNeighbours }); }
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
