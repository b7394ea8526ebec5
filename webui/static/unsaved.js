/* Whoever leaves a page with something typed that is not saved is asked first. */

let typed = false;

/* A form of settings; those that look something up keep nothing. */
const keeps = (one) => document.body.classList.contains("framed") && Boolean(one.closest("form:has(.save-bar)"));

document.addEventListener("DOMContentLoaded", () => {
  typed = document.querySelector("form:has(.save-bar) #refused, #unsent") !== null;
});
document.addEventListener("input", (event) => {
  if (keeps(event.target)) typed = true;
});
/* A row that was added, moved or taken away is a change as well. */
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.requestConfig?.verb === "post" && keeps(event.target)) typed = true;
});
document.addEventListener("submit", (event) => {
  if (keeps(event.target) || event.target.id === "unsent") typed = false;
});
document.addEventListener("click", (event) => {
  if (event.target.closest(".save-bar a")) typed = false;
});
window.addEventListener("beforeunload", (event) => {
  if (typed) event.preventDefault();
});
