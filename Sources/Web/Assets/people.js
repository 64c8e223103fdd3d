// Settings and account: questions before what cannot be taken back, and copying what is shown once.
import { words, confirm, toast } from "/assets/console.js";

document.addEventListener("submit", async (event) => {
  const form = event.target, question = form.dataset.confirm;
  if (!question || form.dataset.isConfirmed) return;
  event.preventDefault();
  const button = event.submitter;
  if (await confirm({ title: question, action: button?.textContent ?? words("people.js.go"), tone: button?.classList.contains("danger") ? "bad" : "" })) {
    form.dataset.isConfirmed = "yes";
    form.requestSubmit(button);
  }
});

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      toast(words("people.js.copied"));
    } catch {
      field.focus();
      toast(words("people.js.copyByHand"), { tone: "warn" });
    }
  });
}
