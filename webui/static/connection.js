/* A page left open says when it has lost the box, or its sign-in, and takes it back when both are there. */

/* A stream is opened anew now and then; only what lasts is told. */
const TOLD_AFTER_MS = 4000;

let waiting = 0;
let told = "";

/* Show the notice of a kind; "" takes it away. */
function tell(kind) {
  clearTimeout(waiting);
  waiting = 0;
  const place = document.getElementById("connection");
  if (!place || kind === told) return;
  told = kind;
  for (const notice of place.querySelectorAll(".notice")) notice.remove();
  const words = place.querySelector(`template[data-kind="${kind}"]`);
  if (words) place.append(words.content.cloneNode(true));
}

function tellSoon() {
  if (!waiting && !told) waiting = setTimeout(() => tell("away"), TOLD_AFTER_MS);
}

document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) tell("signed-out");
  else if (event.detail.xhr.status === 503) tellSoon();
});
document.addEventListener("htmx:sendError", tellSoon);
document.addEventListener("htmx:sseError", tellSoon);
document.addEventListener("htmx:sseOpen", () => {
  if (told !== "signed-out") tell("");
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) tell("");
});
