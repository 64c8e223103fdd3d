// What every page of the console shares: calls of the API, words, live changes, keys, dialogs and short notices.

export const page = {
  csrf: document.querySelector('meta[name="csrf"]')?.content ?? "",
  language: document.documentElement.lang || "en",
  place: document.body.dataset.place ?? "",
};

/** The text of AREA.NAME stands in the string tables under AREA.js.NAME of the string tables; model words are read as they stand. */
export function words(path, values = {}) {
  const table = globalThis.crossdockWords ?? {};
  const dot = path.indexOf(".");
  const text = table[path] ?? table[`${path.slice(0, dot)}.js.${path.slice(dot + 1)}`] ?? path;
  return text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

/** What a flag says: its own sentence in English; in another language that of its code, with what the sentence quotes. */
export function flagWords(flag) {
  const path = `flags.${flag.code}`, text = words(path);
  if (page.language === "en" || text === path) return flag.message;
  const quoted = flag.message.split(/[“”"]/).filter((part, at) => at % 2 === 1);
  return [text, ...quoted.map((part) => `“${part}”`)].join(" ");
}

/** A grouped number in the page's language. */
export function number(value) {
  return new Intl.NumberFormat(page.language).format(value);
}

/** Makes an element: make("a", { class: "button", href: "/" }, "text", child). Texts are texts, never markup. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// MARK: calls

export class Failure extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? words("shell.noAnswer"));
    this.status = status;
    this.code = problem?.code ?? "no_answer";
    this.detail = this.message;
    this.problem = problem ?? {};
  }
}

/**
 * Calls the hub. A session that has ended is asked for again in a dialog over the page, and the call is repeated: nothing typed is lost.
 * @throws Failure with the problem's own words.
 */
export async function api(method, path, body, options = {}) {
  const headers = { Accept: "application/json", "X-CSRF-Token": page.csrf };
  let payload;
  if (body instanceof Blob) {
    payload = body;
    headers["Content-Type"] = body.type || "application/octet-stream";
  } else if (body !== undefined) {
    payload = JSON.stringify(body);
    headers["Content-Type"] = "application/json";
  }
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  Object.assign(headers, options.headers);
  for (;;) {
    let answer;
    try {
      answer = await fetch(path, { method, headers, body: payload, cache: "no-store", credentials: "same-origin", signal: options.signal });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Failure(0, null);
    }
    if (answer.ok) {
      if (answer.status === 204) return null;
      const type = answer.headers.get("Content-Type") ?? "";
      return type.includes("json") ? answer.json() : answer.text();
    }
    const problem = await answer.json().catch(() => null);
    if (answer.status === 401 || problem?.code === "csrf") {
      await signInAgain();
      headers["X-CSRF-Token"] = page.csrf;
      continue;
    }
    throw new Failure(answer.status, problem);
  }
}

let signingIn = null;

// The person signs in in another tab; this page then takes the new session's secret and goes on where it was.
function signInAgain() {
  signingIn ??= (async () => {
    for (;;) {
      const isDone = await confirm({
        title: words("shell.sessionEnded"),
        body: make("p", {}, words("shell.signInThere"), " ", make("a", { href: "/sign-in", target: "_blank", rel: "noopener" }, words("shell.openSignIn"))),
        action: words("shell.goOn"),
      });
      const secret = await freshSecret();
      if (secret) {
        page.csrf = secret;
        document.querySelector('meta[name="csrf"]').content = secret;
        document.querySelectorAll('input[name="csrf"]').forEach((field) => { field.value = secret; });
        document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": secret }));
        return;
      }
      if (!isDone) throw new Failure(401, { detail: words("shell.sessionEnded"), code: "session_ended" });
    }
  })().finally(() => { signingIn = null; });
  return signingIn;
}

async function freshSecret() {
  try {
    const answer = await fetch("/account", { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector('meta[name="csrf"]')?.content || null;
  } catch {
    return null;
  }
}

// MARK: notices and dialogs

const notices = make("div", { id: "toasts" });
document.getElementById("notices").append(notices);
const noticeMilliseconds = 8000;

/** A short notice; one with an action or of bad news stays until it is closed. */
export function toast(text, { tone = "good", action = null } = {}) {
  const note = make("p", { class: `notice toast ${tone}`, role: tone === "bad" ? "alert" : null }, make("span", {}, text));
  if (action) note.append(" ", make("button", { type: "button", onclick: () => { note.remove(); action.run(); } }, action.label));
  note.append(" ", make("button", { type: "button", class: "close", "aria-label": words("shell.close"), onclick: () => note.remove() }, "×"));
  notices.append(note);
  while (notices.childElementCount > 4) notices.firstElementChild.remove();
  if (!action && tone !== "bad") setTimeout(() => note.remove(), noticeMilliseconds);
  return note;
}

/** Shows an element in a modal dialog; the answer is the dialog's return value ("" when it was left). */
export function dialog(content, { label = "", wide = false } = {}) {
  const before = document.activeElement;
  const box = make("dialog", { "aria-label": label || null, class: wide ? "wide" : null }, content);
  document.body.append(box);
  box.showModal();
  return new Promise((resolve) => {
    box.addEventListener("close", () => {
      resolve(box.returnValue);
      box.remove();
      before?.focus?.({ preventScroll: true });
    });
  });
}

/** A plain question. */
export async function confirm({ title, body = null, action = words("shell.ok"), tone = "", cancel = words("shell.cancel") }) {
  const form = make("form", { method: "dialog" }, make("h2", {}, title));
  if (body) form.append(typeof body === "string" ? make("p", {}, body) : body);
  form.append(make("div", { class: "actions" },
    make("button", { class: tone === "bad" ? "button danger" : "button primary", value: "yes", autofocus: true }, action),
    make("button", { class: "button", value: "", type: "submit", formnovalidate: true }, cancel)));
  return (await dialog(form, { label: title })) === "yes";
}

// MARK: live changes

const standing = document.getElementById("standing");
const listeners = new Map();
let source = null;

// Only a change is written: a screen reader would read it again.
function stand(state) {
  const text = words(`shell.${state}`);
  if (standing && standing.textContent !== text) standing.textContent = text;
  standing?.classList.toggle("lost", state === "lost");
  tell("state", state);
}

function tell(kind, value) {
  for (const listener of listeners.get(kind) ?? []) listener(value);
}

function follow() {
  if (source || document.hidden) return;
  source = new EventSource("/live");
  source.onopen = () => stand("live");
  source.onerror = () => {
    stand("lost");
    if (source?.readyState === EventSource.CLOSED) {
      source = null;
      setTimeout(follow, 3000);
    }
  };
  for (const kind of listeners.keys()) listenTo(kind);
}

function listenTo(kind) {
  if (kind === "state" || !source) return;
  source.addEventListener(kind, (event) => tell(kind, JSON.parse(event.data)));
}

export const live = {
  /** Calls `listener` for every message of `kind`: orders {ids, more}, jobs {id}, imports {id}, state "live" | "lost". */
  on(kind, listener) {
    const isNew = !listeners.has(kind);
    if (isNew) listeners.set(kind, new Set());
    listeners.get(kind).add(listener);
    if (isNew) listenTo(kind);
    return () => listeners.get(kind)?.delete(listener);
  },
};

if (standing && page.csrf) {
  follow();
  addEventListener("pagehide", () => { source?.close(); source = null; });
  addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = null; } else follow();
  });
}

// MARK: keys

const known = [];
let firstKey = "", firstKeyAt = 0;
const sequenceMilliseconds = 1200;

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type));
}

export const keys = {
  /** `key`: one character, a name ("Enter"), "Ctrl+s", or a sequence ("g o"). */
  add(key, label, run, { group = words("shell.keysPage"), whileTyping = false } = {}) {
    const entry = { key, label, run, group, whileTyping };
    known.push(entry);
    return () => known.splice(known.indexOf(entry), 1);
  },
  show: showKeys,
};

function showKeys() {
  const groups = Map.groupBy ? Map.groupBy(known, (entry) => entry.group) : known.reduce((all, entry) => all.set(entry.group, [...(all.get(entry.group) ?? []), entry]), new Map());
  const body = make("form", { method: "dialog", class: "keys" }, make("h2", {}, words("shell.keysTitle"))), columns = make("div", { class: "key-groups" });
  for (const [group, entries] of groups) {
    // What has two keys stands in one line.
    const list = make("dl", { class: "facts" }), lines = new Map();
    for (const { key, label } of entries) {
      if (!lines.has(label)) {
        lines.set(label, make("dt"));
        list.append(lines.get(label), make("dd", {}, label));
      }
      lines.get(label).append(...keyNames(key).flatMap((one) => [make("kbd", {}, one), " "]));
    }
    columns.append(make("section", {}, make("h3", {}, group), list));
  }
  body.append(columns, make("div", { class: "actions" }, make("button", { class: "button", autofocus: true }, words("shell.close"))));
  dialog(body, { label: words("shell.keysTitle"), wide: groups.size > 2 });
  body.closest("dialog").scrollTop = 0;
}

function keyNames(key) {
  if (key === " ") return [words("shell.keySpace")];
  return key.split(" ").map((one) => one.replace(/^Ctrl\+([A-Z])$/, (all, letter) => `Ctrl+Shift+${letter.toLowerCase()}`));
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const typing = isTyping(event.target);
  if (event.key === "Escape" && typing) { event.target.blur(); return; }
  const name = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + event.key;
  const isSecond = firstKey !== "" && Date.now() - firstKeyAt < sequenceMilliseconds;
  const wanted = isSecond ? `${firstKey} ${name}` : name;
  const found = known.findLast((entry) => entry.key === wanted && (entry.whileTyping || !typing));
  firstKey = "";
  if (found) {
    event.preventDefault();
    found.run(event);
  } else if (!typing && known.some((entry) => entry.key.startsWith(`${name} `))) {
    firstKey = name;
    firstKeyAt = Date.now();
  }
});

if (page.csrf) {
  for (const link of document.querySelectorAll("header.top nav a")) {
    keys.add(link.title, link.textContent, () => link.click(), { group: words("shell.keysGo") });
  }
  const everywhere = { group: words("shell.keysEverywhere") };
  keys.add("/", words("shell.keyFind"), () => { const field = document.querySelector("[data-find]") ?? document.getElementById("find"); field.focus(); field.select(); }, everywhere);
  keys.add("?", words("shell.keyHelp"), showKeys, everywhere);
  keys.add("Escape", words("shell.keyBack"), () => document.activeElement?.blur?.(), everywhere);
}
document.addEventListener("click", (event) => { if (event.target.closest('[data-act="keys"]')) showKeys(); });

// MARK: the scanner

// A scanner is a keyboard that types a whole number within some hundredths of a second and ends with Enter. Outside of fields it opens the order.
const scannerMilliseconds = 35, shortestScan = 6, longestScan = 100;
let scanned = "", scannedAt = 0;

document.addEventListener("keydown", (event) => {
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) { scanned = ""; return; }
  const isFast = Date.now() - scannedAt < scannerMilliseconds;
  scannedAt = Date.now();
  if (event.key === "Enter" && isFast && scanned.length >= shortestScan) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = scanned;
    scanned = "";
    // A page that has a use of its own for it keeps it.
    if (document.dispatchEvent(new CustomEvent("scan", { detail: text, cancelable: true }))) location.assign(`/find?q=${encodeURIComponent(text)}`);
  } else if (event.key.length === 1) {
    scanned = (isFast ? scanned : "") + event.key;
    if (scanned.length > longestScan) scanned = "";
    // The rest of a scan is no command.
    if (isFast && scanned.length > 2) event.stopImmediatePropagation();
  } else if (event.key !== "Shift") {
    scanned = "";
  }
}, { capture: true });

// Where the names of pages and parts are wider than the screen, the present one is in sight.
for (const row of document.querySelectorAll("header.top nav, .tabs")) {
  const present = row.querySelector("a[aria-current]");
  if (present) row.scrollLeft += present.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - present.offsetWidth) / 2;
}

// The menu of the person closes when one goes elsewhere.
const who = document.querySelector("details.who");
document.addEventListener("click", (event) => { if (who?.open && !who.contains(event.target)) who.open = false; });
who?.addEventListener("keydown", (event) => { if (event.key === "Escape") { who.open = false; who.querySelector("summary").focus(); } });
