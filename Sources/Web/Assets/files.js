// Sending a file by dropping or choosing it, with its progress; correcting cells by keyboard.
import { api, words, keys, page } from "/assets/console.js";

const maximumBytes = 64 * 1024 * 1024;
const form = document.getElementById("files-form");

for (const one of document.querySelectorAll("form[data-once]")) {
  one.addEventListener("submit", (event) => {
    if (one.dataset.sent) event.preventDefault();
    one.dataset.sent = "1";
  });
}
addEventListener("pageshow", () => { for (const one of document.querySelectorAll("form[data-once]")) delete one.dataset.sent; });

if (form) send();
correct();

function send() {
  const drop = document.getElementById("files-drop"), field = document.getElementById("files-file"), fault = document.getElementById("files-fault");
  const standing = document.getElementById("files-progress"), bar = standing.querySelector("progress"), told = standing.querySelector("p");
  const button = form.querySelector('button[type="submit"]');
  let request = null;

  function refuse(text) {
    fault.textContent = text;
    fault.hidden = false;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }

  function clear() {
    fault.hidden = true;
    field.removeAttribute("aria-invalid");
  }

  function isBusy(busy) {
    standing.hidden = !busy;
    button.disabled = busy;
    field.disabled = busy;
  }

  // What is wrong with a file before it is sent; the hub looks into it and knows more.
  function obvious(file) {
    if (file.size === 0) return words("files.isEmpty", { name: file.name });
    if (file.size > maximumBytes) return words("files.isTooLarge", { name: file.name, limit: maximumBytes >> 20 });
    if (/\.(png|jpe?g|gif|webp|heic|pdf|docx?|pptx?|zip|rar|7z)$/i.test(file.name)) return words("files.isNoTable", { name: file.name });
    return null;
  }

  function upload(file, isAgain = false) {
    const channel = document.getElementById("files-channel").value;
    return new Promise((resolve, reject) => {
      request = new XMLHttpRequest();
      request.open("POST", `/api/v1/channels/${channel}/imports?commit=false&keep=true`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`));
      request.setRequestHeader("X-CSRF-Token", page.csrf);
      request.upload.onprogress = (event) => {
        if (!event.lengthComputable) return;
        const percent = Math.floor(100 * event.loaded / event.total);
        bar.value = percent;
        told.textContent = words("files.sending", { name: file.name, percent });
      };
      request.onload = async () => {
        let answer = null;
        try { answer = JSON.parse(request.responseText); } catch { answer = null; }
        if (request.status === 202) return resolve(answer);
        if ((request.status === 401 || answer?.code === "csrf") && !isAgain) {
          // Signed in again over the page, the same file is sent once more.
          try {
            await api("GET", "/api/v1/imports?limit=1");
            return resolve(await upload(file, true));
          } catch (error) { return reject(error); }
        }
        reject(new Error(answer?.detail ?? words("files.broke")));
      };
      request.onerror = () => reject(new Error(words("files.broke")));
      request.onabort = () => reject(new Error(words("files.stopped")));
      request.send(file);
    });
  }

  async function take(file) {
    clear();
    const wrong = obvious(file);
    if (wrong) return refuse(wrong);
    isBusy(true);
    bar.value = 0;
    told.textContent = words("files.sending", { name: file.name, percent: 0 });
    try {
      const report = await upload(file);
      location.assign(`/files/${report.id}`);
    } catch (error) {
      isBusy(false);
      refuse(error.message);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const file = field.files[0];
    if (file) take(file); else refuse(words("files.choose"));
  });
  field.addEventListener("change", () => { if (field.files[0]) take(field.files[0]); });
  // Chosen while this script was still on its way.
  if (field.files[0]) take(field.files[0]);
  standing.querySelector('[data-act="stop"]').addEventListener("click", () => request?.abort());

  let depth = 0;
  addEventListener("dragenter", (event) => { if (event.dataTransfer?.types.includes("Files")) { depth += 1; drop.classList.add("over"); } });
  addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); if (depth === 0) drop.classList.remove("over"); });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    drop.classList.remove("over");
    const files = event.dataTransfer?.files ?? [];
    if (files.length > 1) refuse(words("files.oneAtATime"));
    else if (files.length === 1 && !field.disabled) take(files[0]);
  });
  keys.add("u", words("files.keyChoose"), () => field.focus());
}

function correct() {
  const fields = [...document.querySelectorAll("#files-corrections td > input:not([type=hidden])")];
  const commit = document.getElementById("files-commit");
  if (commit) keys.add("c", words("files.keyCommit"), () => commit.querySelector("button").focus());
  for (const [selector, key, label] of [['a[rel="next"]', "n", "files.keyNext"], ['a[rel="prev"]', "p", "files.keyPrevious"]]) {
    const link = document.querySelector(`.files-pages ${selector}`);
    if (link) keys.add(key, words(label), () => link.click());
  }
  if (!fields.length) return;
  keys.add("e", words("files.keyCorrect"), () => { fields[0].focus(); fields[0].select(); });
  let isLeaving = false;
  const isChanged = (field) => field.value !== field.defaultValue;
  document.getElementById("files-corrections").addEventListener("submit", async (event) => {
    if (isLeaving) return;
    event.preventDefault();
    // A session that ended is asked for before the corrections leave the page.
    try { await api("GET", "/api/v1/imports?limit=1"); } catch { /* The hub's own answer to the form says what is wrong. */ }
    isLeaving = true;
    event.target.submit();
  });
  addEventListener("beforeunload", (event) => { if (!isLeaving && fields.some(isChanged)) event.preventDefault(); });
  fields.forEach((field, index) => {
    field.addEventListener("input", () => field.classList.toggle("changed", isChanged(field)));
    field.addEventListener("keydown", (event) => {
      const step = event.key === "Enter" && !event.ctrlKey || event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (event.key === "Escape") { field.value = field.defaultValue; field.classList.remove("changed"); }
      if (step === 0) return;
      const next = fields[index + (event.shiftKey && event.key === "Enter" ? -1 : step)];
      event.preventDefault();
      if (next) { next.focus(); next.select(); } else if (event.key === "Enter") document.querySelector("#files-corrections button").focus();
    });
  });
}
