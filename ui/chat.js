// Body of a function (element, trigger, props, server, upload, watch) that Gradio runs once for the conversation.
document.documentElement.lang = "zh-CN";

// A citation opens in the panel, an example or suggestion is asked at once. With a modifier key a citation is an
// ordinary link and opens in a new tab.
element.addEventListener("click", (event) => {
  const target = event.target.closest("[data-clause], [data-question]");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (target.dataset.question) {
    trigger("submit", { question: target.dataset.question });
    return;
  }
  element.querySelectorAll(".tw-open").forEach((other) => other.classList.remove("tw-open"));
  target.classList.add("tw-open");
  document.dispatchEvent(new Event("tw-open-panel"));
  trigger("select", { ...target.dataset });
});

// The newest question goes to the top, its answer below it.
watch("value", () => {
  const log = element.querySelector(".tw-log");
  const newest = log?.lastElementChild;
  if (newest?.classList.contains("tw-turn")) log.scrollTo({ top: newest.offsetTop - 16, behavior: "smooth" });
  else if (log) log.scrollTop = 0;
});

// Enter that picks a word in a Chinese input method is not yet meant for the page.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopPropagation();
  },
  true,
);
