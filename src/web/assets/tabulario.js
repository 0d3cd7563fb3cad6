// What the pages do faster with a script; all of it works without.

// A refused form: the summary takes the focus.
document.getElementById("riassunto")?.focus();

// Ctrl+Invio is the main act of the page.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  document.getElementById("protocolla")?.click();
});

// One click, one request: the idempotency key protects anyway, this only says that it is under way.
document.addEventListener("submit", (event) => {
  const main = event.target.querySelector("#protocolla");
  if (!main || event.submitter?.name === "aggiungi") return;
  if (event.target.getAttribute("aria-busy") === "true") return event.preventDefault();
  event.target.setAttribute("aria-busy", "true");
  main.dataset.said = main.textContent;
  main.textContent = "Protocollo…";
});

// The page shown again by Back is ready to be used again.
addEventListener("pageshow", () => {
  const form = document.querySelector("form[aria-busy]");
  form?.removeAttribute("aria-busy");
  const main = document.getElementById("protocolla");
  if (main?.dataset.said) main.textContent = main.dataset.said;
});
