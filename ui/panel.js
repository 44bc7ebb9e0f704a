// Body of a function (element, trigger, props, server, upload, watch) that Gradio runs once for the source panel.
const showMark = () => {
  const text = element.querySelector(".tw-text");
  const target = text?.querySelector("mark") ?? text?.querySelector(".tw-clause");
  if (text) text.scrollTop = target ? target.offsetTop - text.clientHeight / 4 : 0;
};
// Only narrow screens take notice: there the panel is a sheet over the conversation.
const main = document.getElementById("tw-main");
const open = () => (main.dataset.reading = "");
const close = () => delete main.dataset.reading;

element.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) close();
  const plan = event.target.closest("[data-plan]");
  if (plan) trigger("select", { ...plan.dataset });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
document.addEventListener("tw-open-panel", () => {
  open();
  showMark();
});
watch("value", showMark);

// Who comes by a link to a clause wants to see it, on a narrow screen too.
if (new URLSearchParams(window.location.search).has("clause")) {
  open();
  trigger("select", { link: window.location.search });
}
