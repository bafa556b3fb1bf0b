// Searches and sorts, opens what a link points into, copies, and enlarges pictures. Without
// JavaScript the page shows everything but the controls for that.
"use strict";
(() => {
  const MAX_FOUND = 300;
  const MAX_ROWS = 25;
  const MAX_SNIPPET = 300;
  const make = (tag, text, parts = {}) => {
    const made = Object.assign(document.createElement(tag), parts);
    made.append(text);
    return made;
  };

  // A target may be folded, or stand in something that is; a search or a filter may hide it.
  const unfold = (element) => {
    for (let each = element; each; each = each.parentElement) {
      if (each.tagName === "DETAILS") each.open = true;
    }
  };
  let showAllTests = () => {};
  const showTarget = () => {
    const name = location.hash.slice(1);
    if (!name) return;
    endSearch();
    if (!document.getElementById(name)) showAllTests();
    const target = document.getElementById(name);
    if (!target) return;
    unfold(target);
    target.scrollIntoView();
  };

  // The search: one list of what was found, in the order of the page.
  const input = document.getElementById("search");
  const status = document.getElementById("search-status");
  const found = document.getElementById("found");
  const main = document.querySelector("main");
  let index = null;

  const headingOf = (element) => {
    const closest = element.closest("article, details.card, main section, main");
    const heading = closest.querySelector("h2, h3, h4");
    return heading ? heading.textContent : "";
  };
  const buildIndex = () => {
    const whole = "h2, h3, h4, p, li, tr";
    index = [];
    for (const element of main.querySelectorAll(whole + ", pre")) {
      if (element.parentElement.closest("tr, li, h3")) continue;
      // The log of the test and the command hold these lines, too: find them once.
      if (element.closest(".then, .rerun details")) continue;
      const heading = headingOf(element);
      if (element.tagName !== "PRE") {
        const text = [...(element.tagName === "TR" ? element.cells : [element])]
          .map((each) => each.textContent.trim()).join("  ");
        index.push({ element, heading, text, lower: text.toLowerCase(), line: 0 });
        continue;
      }
      let offset = 0;
      element.textContent.split("\n").forEach((text, line) => {
        if (text) {
          index.push({ element, heading, text, lower: text.toLowerCase(), line: line + 1, offset });
        }
        offset += text.length + 1;
      });
    }
  };

  const show = (entry) => {
    endSearch();
    unfold(entry.element);
    const range = document.createRange();
    // A command has places where its line may break.
    if (entry.line && !entry.element.childElementCount) {
      entry.element.normalize();
      range.setStart(entry.element.firstChild, entry.offset);
      range.setEnd(entry.element.firstChild, entry.offset + entry.text.length);
    } else {
      range.selectNodeContents(entry.element);
    }
    entry.element.scrollIntoView({ block: entry.line ? "nearest" : "center" });
    if (entry.line) {
      const top = range.getBoundingClientRect().top - entry.element.getBoundingClientRect().top;
      entry.element.scrollTop += top - entry.element.clientHeight / 3;
      entry.element.focus({ preventScroll: true });
    }
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    status.textContent = entry.line ? "line " + entry.line : "";
  };

  const foundButton = (entry, text) => {
    const button = make("button", "", { type: "button" });
    if (entry.line) button.append(make("span", String(entry.line), { className: "line" }));
    if (entry.line) button.className = "mono";
    let first = entry.lower.indexOf(text);
    // A few characters change their length in lower case; the positions would be wrong then.
    if (entry.lower.length !== entry.text.length) first = -1;
    const begin = first > MAX_SNIPPET / 2 ? first - MAX_SNIPPET / 3 : 0;
    const end = begin + MAX_SNIPPET;
    let done = begin;
    if (begin) button.append("… ");
    for (let at = first; at !== -1 && at < end; at = entry.lower.indexOf(text, done)) {
      const mark = make("mark", entry.text.slice(at, at + text.length));
      button.append(entry.text.slice(done, at), mark);
      done = at + text.length;
    }
    button.append(entry.text.slice(done, Math.max(done, end)));
    button.addEventListener("click", () => show(entry));
    return button;
  };

  const search = () => {
    const text = input.value.trim().toLowerCase();
    found.hidden = !text;
    main.hidden = Boolean(text);
    found.replaceChildren();
    status.textContent = "";
    if (!text) return;
    if (!index) buildIndex();
    const entries = index.filter((entry) => entry.lower.includes(text));
    let heading = null;
    for (const entry of entries.slice(0, MAX_FOUND)) {
      if (entry.heading !== heading) {
        heading = entry.heading;
        found.append(make("h2", heading));
      }
      found.append(foundButton(entry, text));
    }
    status.textContent =
      entries.length + " found" + (entries.length > MAX_FOUND ? ", the first " + MAX_FOUND : "");
  };

  const endSearch = () => {
    clearTimeout(timer);
    if (!input.value) return;
    input.value = "";
    search();
  };

  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 120);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      input.focus();
    } else if (event.key === "Escape") {
      endSearch();
    }
  });
  document.getElementById("find").hidden = false;

  // All tests: filtered by outcome, sorted by a column.
  const sortTests = () => {
    const shown = document.getElementById("tests-shown");
    if (!shown) return;
    const folded = document.getElementById("tests-more");
    const rows = [...shown.rows, ...(folded ? folded.rows : [])].map((row, position) => ({
      row,
      position,
      took: parseFloat(row.cells[0].textContent.replace(/,/g, "")) || -1,
      outcome: row.cells[1].textContent,
      test: row.cells[2].textContent,
    }));
    const chips = document.getElementById("outcomes");
    let outcome = "";
    let key = "took";
    let down = true;

    const arrange = () => {
      const order = (a, b) => {
        const first = a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0;
        return (down ? -first : first) || a.position - b.position;
      };
      const kept = rows.filter((each) => !outcome || each.outcome === outcome).sort(order);
      const limit = folded ? MAX_ROWS : kept.length;
      shown.replaceChildren(...kept.slice(0, limit).map((each) => each.row));
      if (!folded) return;
      folded.replaceChildren(...kept.slice(limit).map((each) => each.row));
      const more = folded.closest("details");
      more.hidden = kept.length <= limit;
      more.querySelector("summary").textContent = kept.length - limit + " more tests";
    };

    for (const head of shown.closest("table").tHead.rows[0].cells) {
      const name = head.textContent;
      const button = make("button", name, { type: "button", title: "Sort by this" });
      head.replaceChildren(button);
      if (name === key) head.setAttribute("aria-sort", "descending");
      button.addEventListener("click", () => {
        down = name === key ? !down : name === "took";
        key = name;
        for (const each of head.parentElement.cells) each.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        arrange();
      });
    }
    if (!chips) return;
    const choose = (chosen) => {
      outcome = chosen.value;
      for (const each of chips.children) each.setAttribute("aria-pressed", each === chosen);
      arrange();
    };
    showAllTests = () => choose(chips.firstElementChild);
    chips.hidden = false;
    chips.addEventListener("click", (event) => {
      const chosen = event.target.closest("button");
      if (chosen) choose(chosen);
    });
  };
  sortTests();

  // What is to be pasted or typed can be copied.
  for (const text of document.querySelectorAll(".paste > pre")) {
    const button = make("button", "Copy", { type: "button", className: "copy screen" });
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = "Copied";
      } catch {
        window.getSelection().selectAllChildren(text);
        button.textContent = document.execCommand("copy") ? "Copied" : "Press Ctrl+C";
      }
    });
    text.after(button);
  }

  // A picture opens large above the page.
  const enlarge = (link) => {
    const picture = link.querySelector("img");
    const dialog = make("dialog", make("img", "", { src: picture.src, alt: picture.alt }));
    const bar = make("p", link.closest("figure").querySelector("h4").textContent);
    const close = make("button", "Close", { type: "button" });
    bar.append(close);
    dialog.prepend(bar);
    dialog.setAttribute("aria-label", picture.alt);
    dialog.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
    document.body.append(dialog);
    dialog.showModal();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("figure a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    enlarge(link);
  });

  // Nothing changes the address where it is that of the target already.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && !event.defaultPrevented && link.hash === location.hash) showTarget();
  });
  window.addEventListener("hashchange", showTarget);
  showTarget();
})();
