// Searches the app's log. Without JavaScript the page shows everything but the search field.
"use strict";
(() => {
  const MAX_ROWS = 2000;
  const input = document.getElementById("search");
  const status = document.getElementById("search-status");
  const log = document.getElementById("app-log");
  if (!input || !log || !log.firstChild) return;
  const wholeLog = log.firstChild;
  const lines = wholeLog.data.split("\n");
  const lowerCaseLines = lines.map((line) => line.toLowerCase());
  document.getElementById("log-search").hidden = false;

  const showLine = (index) => {
    input.value = "";
    log.replaceChildren(wholeLog);
    status.textContent = "line " + (index + 1);
    let offset = 0;
    for (let n = 0; n < index; n++) offset += lines[n].length + 1;
    const range = document.createRange();
    range.setStart(wholeLog, offset);
    range.setEnd(wholeLog, offset + lines[index].length);
    const top = range.getBoundingClientRect().top - log.getBoundingClientRect().top;
    log.scrollTop += top - log.clientHeight / 3;
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    log.focus({ preventScroll: true });
  };

  const matchingRow = (index, text) => {
    const row = document.createElement("div");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = String(index + 1);
    button.title = "Show this line in the whole log";
    button.addEventListener("click", () => showLine(index));
    row.append(button);
    const line = lines[index];
    const lowerCaseLine = lowerCaseLines[index];
    let end = 0;
    let start = lowerCaseLine.indexOf(text);
    // A few characters change their length in lower case; the positions would be wrong then.
    if (lowerCaseLine.length !== line.length) start = -1;
    while (start !== -1) {
      const mark = document.createElement("mark");
      mark.textContent = line.slice(start, start + text.length);
      row.append(line.slice(end, start), mark);
      end = start + text.length;
      start = lowerCaseLine.indexOf(text, end);
    }
    row.append(line.slice(end) + "\n");
    return row;
  };

  const search = () => {
    const text = input.value.toLowerCase();
    if (!text) {
      log.replaceChildren(wholeLog);
      status.textContent = "";
      return;
    }
    const matches = [];
    lowerCaseLines.forEach((line, index) => {
      if (line.includes(text)) matches.push(index);
    });
    log.replaceChildren(...matches.slice(0, MAX_ROWS).map((index) => matchingRow(index, text)));
    log.scrollTop = 0;
    status.textContent =
      matches.length + (matches.length === 1 ? " line" : " lines") +
      (matches.length > MAX_ROWS ? ", the first " + MAX_ROWS + " are shown" : "");
  };

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { input.value = ""; search(); }
  });
})();
