// The packing table: scans in their order with a sound for each, the cursor where the next one goes, the number of chosen parcels.
import { keys, make, number, page, words } from "/assets/console.js";

const tones = { good: [[880, 0.09]], done: [[880, 0.08], [1320, 0.12]], warn: [[440, 0.16]], bad: [[220, 0.2], [180, 0.35]] };
const loudness = 0.2;
let audio = null;

// A browser lets a page sound only after somebody touched it: each key of a scanner is such a touch.
function play(name) {
  const steps = tones[name];
  if (!steps || typeof AudioContext === "undefined") return;
  audio ??= new AudioContext();
  let at = audio.currentTime;
  for (const [pitch, length] of steps) {
    const tone = audio.createOscillator(), gain = audio.createGain();
    tone.frequency.value = pitch;
    gain.gain.value = loudness;
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + length);
    at += length;
  }
}

const scan = document.querySelector("[data-scan]"), stops = document.getElementById("stops"), looked = document.getElementById("looked");
// The browser's own way comes with the first picture: what a scanner types before it would be lost.
if (scan?.autofocus && document.activeElement === document.body) scan.focus();
const answerMilliseconds = 20_000, stopIsRead = 3000, restMilliseconds = 700, lookedAt = 8;

// MARK: one after the other

const queue = [];
let isSending = false;

/** What a hand did is sent in its order: nothing overtakes, nothing is merged, and what fails is told with its number. */
function enqueue(form, name, body) {
  queue.push({ form, name, body, path: form.getAttribute("action"), isRead: form.method === "get", into: form.dataset.into });
  if (!isSending) send();
}

async function send() {
  isSending = true;
  for (let one = queue.shift(); one; one = queue.shift()) await deliver(one);
  isSending = false;
}

async function deliver(one) {
  const address = one.isRead ? `${one.path}?${one.body}` : one.path;
  let answer, text;
  try {
    answer = await fetch(address, {
      method: one.isRead ? "GET" : "POST", body: one.isRead ? undefined : one.body, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(answerMilliseconds),
      headers: { Accept: "text/html", "HX-Request": "true", "X-CSRF-Token": page.csrf },
    });
    text = await answer.text();
  } catch {
    return stop(one.name, words("ship.noAnswer"));
  }
  if (!answer.ok) {
    let problem = {};
    try { problem = JSON.parse(text); } catch { /* a page of another server has no words of ours */ }
    const isEnded = answer.status === 401 || problem.code === "csrf";
    return stop(one.name, isEnded ? words("ship.sessionEnded") : problem.detail ?? words("ship.noAnswer"), isEnded);
  }
  show(one, text);
}

/** What was not taken stays in sight until somebody has read it. */
function stop(name, reason, isEnded = false) {
  const note = make("p", { class: "notice bad ship-stop", role: "alert" }, make("bdi", {}, words("ship.notTaken", { number: name, reason })));
  if (isEnded) note.append(" ", make("a", { href: "/sign-in", target: "_blank", rel: "noopener" }, words("shell.openSignIn")));
  keep(note);
  play("bad");
  rest();
}

function keep(note) {
  note.append(" ", make("button", { type: "button", class: "close", "aria-label": words("shell.close"), onclick: () => { note.remove(); scan?.focus(); } }, "×"));
  stops?.append(note);
}

let shownAt = 0, renewal = 0;

function show(one, text) {
  const target = document.querySelector(one.into), next = new DOMParser().parseFromString(text, "text/html").body;
  // A STOP that the next scan would wipe away before it was read moves up.
  const old = target.querySelector(".ship-stop");
  if (old && performance.now() - shownAt < stopIsRead) keep(old);
  target.replaceChildren(...next.childNodes);
  shownAt = performance.now();
  const sound = target.querySelector("[data-sound]")?.dataset.sound;
  if (sound) play(sound);
  note(one, target);
  renew();
  rest(target.querySelector("[data-weight]"));
}

/** The list under the counts follows them once nobody scans for a moment; never under a hand that is in it. */
function renew() {
  const parts = ["list", "extra"].map((id) => document.getElementById(id));
  if (parts.includes(null)) return;
  clearTimeout(renewal);
  renewal = setTimeout(async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(answerMilliseconds) });
      if (!answer.ok || queue.length > 0) return;
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of parts) if (!part.contains(document.activeElement)) part.replaceChildren(...(next.getElementById(part.id)?.childNodes ?? []));
    } catch {
      // The counts are right all the same, and the next scan asks again.
    }
  }, restMilliseconds);
}

/** What was looked at last, for whoever scanned faster than packed. */
function note(one, target) {
  const card = target.querySelector(".ship-card");
  if (!looked || !card) return;
  const number = card.dataset.tracking, row = make("li", { "data-tracking": number });
  row.append(make("a", { href: `/ship/pack?code=${encodeURIComponent(number)}` }, make("code", {}, number)), " ", card.querySelector(".state").cloneNode(true));
  looked.querySelector(`[data-tracking="${CSS.escape(number)}"]`)?.remove();
  looked.prepend(row);
  while (looked.childElementCount > lookedAt) looked.lastElementChild.remove();
  looked.closest("section").hidden = false;
}

/** The cursor goes to the weight of a parcel that is to be packed, else to the next scan; never away from a scan that is being typed. */
function rest(weight = null) {
  if (!scan || queue.length > 0 || scan.value !== "" && document.activeElement === scan) return;
  const active = document.activeElement;
  if (weight) weight.select(); else if (!active || active === document.body || active === scan || !(active instanceof HTMLInputElement)) scan.focus();
}

function take(code) {
  const text = code.trim();
  if (text === "") return;
  const body = new URLSearchParams(new FormData(scan.form));
  body.set("code", text);
  enqueue(scan.form, text, body);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !("into" in form.dataset)) return;
  event.preventDefault();
  if (scan && form === scan.form) {
    // Taken at once: the next scan may be typed while this one is on its way.
    const code = scan.value;
    scan.value = "";
    return take(code);
  }
  const typed = form.querySelector("[data-weight]");
  if (typed && isCode(typed.value)) {
    const code = typed.value;
    typed.value = "";
    return take(code);
  }
  enqueue(form, form.dataset.name ?? "", new URLSearchParams(new FormData(form, event.submitter)));
});

// No weight is as long as a parcel's number.
function isCode(text) {
  return /^[0-9A-Za-z-]{8,}$/.test(text.trim()) && !/(kg|g)$/i.test(text.trim());
}

document.addEventListener("scan", (event) => {
  if (!scan) return;
  event.preventDefault();
  take(event.detail);
});

// A scan that comes while the weight or the size is being asked for is a scan: scanners type faster than people.
const scannerMilliseconds = 40, shortestCode = 8;
let typed = "", last = 0;
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!scan || !(field instanceof HTMLInputElement) || !("typed" in field.dataset)) return;
  const now = event.timeStamp;
  typed = now - last < scannerMilliseconds ? typed : "";
  last = now;
  if (event.key === "Enter" && typed.length >= shortestCode && isCode(typed)) {
    event.preventDefault();
    const code = typed;
    typed = "";
    field.value = field.defaultValue;
    take(code);
  } else if (event.key.length === 1) typed += event.key;
});

// A box was chosen: what a scanner types next is no choice of another one.
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement && event.target.name === "preset") event.target.form.querySelector("[data-weight]")?.select();
});

// A scanner ends a number with Enter: the next order's number is next, not the whole form.
const ownNumbers = [...document.querySelectorAll("[data-own-number]")];
for (const [index, field] of ownNumbers.entries()) field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  (ownNumbers[index + 1] ?? field.form.querySelector("button.primary"))?.focus();
});
ownNumbers.find((field) => field.getAttribute("aria-invalid") === "true")?.focus();

for (const one of document.querySelectorAll("[data-key]")) keys.add(one.dataset.key, one.textContent.trim(), () => one.click());
for (const one of document.querySelectorAll("select[data-auto]")) one.addEventListener("change", () => one.form.requestSubmit());

const form = document.getElementById("ship-labels");
if (form) {
  const find = (id) => document.getElementById(id);
  const all = find("ship-all"), told = find("ship-chosen"), size = find("ship-size"), cell = find("ship-cell-field"), format = find("ship-format"), which = find("ship-which");
  const boxes = [...form.querySelectorAll("input[name=parcel], input[name=order]")];
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    if (told) told.textContent = which?.value === "all" ? "" : words("ship.chosen", { count: number(chosen) });
    if (all) { all.checked = chosen === boxes.length; all.indeterminate = chosen > 0 && chosen < boxes.length; }
  };
  all?.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; tell(); });
  // Sheets of an office printer are no paper of a label printer.
  const fit = () => {
    const isRoll = format && format.value !== "pdf";
    for (const one of size?.options ?? []) one.disabled = isRoll && ["a6", "a4"].includes(one.value);
    if (size?.selectedOptions[0]?.disabled) size.value = "100x150";
    if (cell) cell.hidden = size?.value !== "a4" || isRoll;
  };
  form.addEventListener("change", () => { tell(); fit(); });
  fit();
  tell();
}
