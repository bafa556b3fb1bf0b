"""What the page can do: search the app's log. It reads well without it."""

SCRIPT = """
"use strict";
(() => {
  const MOST = 2000;
  const box = document.getElementById("search");
  const said = document.getElementById("found");
  const log = document.getElementById("app-log");
  if (!box || !log || !log.firstChild) return;
  const whole = log.firstChild;
  const lines = whole.data.split("\\n");
  const small = lines.map((line) => line.toLowerCase());
  document.getElementById("searching").hidden = false;

  const goTo = (number) => {
    box.value = "";
    log.replaceChildren(whole);
    said.textContent = "line " + (number + 1);
    let offset = 0;
    for (let n = 0; n < number; n++) offset += lines[n].length + 1;
    const range = document.createRange();
    range.setStart(whole, offset);
    range.setEnd(whole, offset + lines[number].length);
    const place = range.getBoundingClientRect().top - log.getBoundingClientRect().top;
    log.scrollTop += place - log.clientHeight / 3;
    const chosen = window.getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
    log.focus({ preventScroll: true });
  };

  const row = (number, wanted) => {
    const line = document.createElement("div");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = String(number + 1);
    button.title = "Show this line in the whole log";
    button.addEventListener("click", () => goTo(number));
    line.append(button);
    let from = 0;
    let at = small[number].indexOf(wanted);
    // Some characters change their length in lower case: then the place is not known.
    if (small[number].length !== lines[number].length) at = -1;
    while (at !== -1) {
      const mark = document.createElement("mark");
      mark.textContent = lines[number].slice(at, at + wanted.length);
      line.append(lines[number].slice(from, at), mark);
      from = at + wanted.length;
      at = small[number].indexOf(wanted, from);
    }
    line.append(lines[number].slice(from) + "\\n");
    return line;
  };

  const search = () => {
    const wanted = box.value.toLowerCase();
    if (!wanted) {
      log.replaceChildren(whole);
      said.textContent = "";
      return;
    }
    const found = [];
    small.forEach((line, number) => {
      if (line.includes(wanted)) found.push(number);
    });
    log.replaceChildren(...found.slice(0, MOST).map((number) => row(number, wanted)));
    log.scrollTop = 0;
    said.textContent =
      found.length + (found.length === 1 ? " line" : " lines") +
      (found.length > MOST ? ", the first " + MOST + " are shown" : "");
  };

  let waiting = 0;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 120);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { box.value = ""; search(); }
  });
})();
"""
