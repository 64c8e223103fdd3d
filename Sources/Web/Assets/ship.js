// The packing table: a sound for each scan, the cursor where the next scan goes, the number of chosen parcels.
import { keys, number, words } from "/assets/console.js";

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

const scan = document.querySelector("[data-scan]");

/** Where the next key belongs: to the weight of a parcel that is to be packed, else to the next scan. */
function settle(part) {
  const sound = part.querySelector("[data-sound]")?.dataset.sound;
  if (sound) play(sound);
  const weight = part.querySelector("[data-weight]");
  if (!scan) return;
  scan.value = "";
  if (weight) weight.select(); else scan.focus();
}

document.body.addEventListener("htmx:afterSettle", (event) => settle(event.target));

document.addEventListener("scan", (event) => {
  if (!scan) return;
  event.preventDefault();
  scan.value = event.detail;
  scan.form.requestSubmit();
});

// A scan that comes while the weight is being asked for is a scan: scanners type faster than people.
const scannerMilliseconds = 40, shortestCode = 8;
let typed = "", last = 0;
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!scan || !(field instanceof HTMLInputElement) || !("weight" in field.dataset)) return;
  const now = event.timeStamp;
  typed = now - last < scannerMilliseconds ? typed : "";
  last = now;
  if (event.key === "Enter" && typed.length >= shortestCode) {
    event.preventDefault();
    scan.value = typed;
    typed = "";
    field.value = field.defaultValue;
    scan.form.requestSubmit();
  } else if (event.key.length === 1) typed += event.key;
});

for (const one of document.querySelectorAll("[data-key]")) keys.add(one.dataset.key, one.textContent.trim(), () => one.click());
for (const one of document.querySelectorAll("select[data-auto]")) one.addEventListener("change", () => one.form.requestSubmit());

const form = document.getElementById("ship-labels");
if (form) {
  const all = document.getElementById("ship-all"), told = document.getElementById("ship-chosen"), size = document.getElementById("ship-size"), cell = document.getElementById("ship-cell-field");
  const boxes = [...form.querySelectorAll("input[name=parcel]")];
  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    if (told) told.textContent = words("ship.chosen", { count: number(chosen) });
    if (all) { all.checked = chosen === boxes.length; all.indeterminate = chosen > 0 && chosen < boxes.length; }
  };
  all?.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; tell(); });
  form.addEventListener("change", tell);
  const fit = () => { if (cell) cell.hidden = size.value !== "a4"; };
  size?.addEventListener("change", fit);
  if (size) fit();
  tell();
}
