// Shows a trace: the time line, the steps, and what happened in a span of time.
"use strict";
(() => {
  const trace = JSON.parse(document.getElementById("trace").textContent);
  const { steps, lanes, sources } = trace;
  const BATCH = 200;
  const LONG = 40;
  const byId = (id) => document.getElementById(id);

  const make = (tag, properties = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in made) made[name] = value;
      else made.setAttribute(name, value);
    }
    made.append(...children.filter((each) => each !== null && each !== ""));
    return made;
  };
  const draw = (tag, properties, ...children) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(properties)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  // A text that may be broken after some characters.
  const breakable = (text, after = /(?<=[._/])(?=\w)/) =>
    text.split(after).flatMap((part, number) => (number ? [make("wbr"), part] : [part]));
  const duration = (value) =>
    value >= 1 ? `${value.toFixed(1)}\u00a0s` : `${Math.round(value * 1000)}\u00a0ms`;
  const seconds = (value) => value.toFixed(value < 100 ? 2 : 1) + "\u00a0s";

  // All events in the order of time: [lane, position, event]. An event is [start, seconds, text,
  // mark, detail, where, whole]; the last three may be missing. Marks are classes:
  const MARKS = ["some", "bad", "odd"];
  const events = [];
  lanes.forEach((lane, number) => {
    lane.events.forEach((event, position) => events.push([number, position, event]));
  });
  events.sort((one, other) => one[2][0] - other[2][0] || one[0] - other[0]);
  const stepsLane = lanes.findIndex((lane) => lane.kind === "steps");
  const first = Math.min(0, ...events.slice(0, 1).map((each) => each[2][0]));
  const last = events.reduce((most, each) => Math.max(most, each[2][0] + each[2][1]), first + 0.1);
  const length = last - first;

  const state = { step: -1, from: first, to: last, hidden: new Set(), view: "after", kind: "" };

  // ---- The span of a step: from the act that caused it to the next step of its browser.
  const nextOf = (number) => {
    for (let each = number + 1; each < steps.length; each++) {
      if (steps[each].b === steps[number].b) return each;
    }
    return -1;
  };
  const previousOf = (number) => {
    for (let each = number - 1; each >= 0; each--) {
      if (steps[each].b === steps[number].b) return each;
    }
    return -1;
  };
  // Looks are about what the last act caused; of several browsers each may have caused it.
  const startOf = (number) => {
    if (!steps[number].look) return steps[number].t;
    const acts = new Map();
    steps.slice(0, number).forEach((each) => { if (!each.look) acts.set(each.b, each); });
    const inUse = [...acts.values()].filter((each) => each.command !== "end the browser");
    return Math.min(steps[number].t, ...inUse.map((each) => each.t));
  };
  const endOf = (number) => {
    const next = nextOf(number);
    const end = steps[number].t + steps[number].d;
    if (next === -1 || number === trace.failed) return Math.max(last, end);
    return Math.max(end, steps[next].t);
  };

  // ---- The time line.
  const timeline = byId("timeline");
  const windowMark = make("div", { id: "window" });
  const WIDE = 1000;
  const place = (time) => ((time - first) / length) * WIDE;
  const drawLane = (lane) => {
    const picture = draw("svg", { viewBox: `0 0 ${WIDE} 10`, preserveAspectRatio: "none" });
    // One mark for each thousandth of the width: more cannot be seen.
    const marks = { some: new Map(), odd: new Map(), bad: new Map() };
    for (const [start, took, , kind] of lane.events) {
      const at = Math.round(place(start));
      const wide = Math.max(2, Math.round((took / length) * WIDE));
      const known = marks[MARKS[kind]];
      known.set(at, Math.max(known.get(at) || 0, wide));
    }
    for (const [kind, found] of Object.entries(marks)) {
      let path = "";
      for (const [at, wide] of found) path += `M${Math.min(at, WIDE - 2)} 1h${wide}v8h-${wide}z`;
      if (path) picture.append(draw("path", { d: path, class: kind }));
    }
    return picture;
  };
  lanes.forEach((lane) => {
    const title = make("span", {}, lane.title);
    byId("lanes").append(
      make("div", { className: `row lane lane-${lane.kind}` }, title, drawLane(lane)),
    );
  });
  const axis = byId("axis");
  const drawAxis = () => {
    const rough = length / Math.max(2, Math.floor(axis.clientWidth / 90));
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
    axis.replaceChildren();
    for (let time = Math.ceil(first / step) * step; time < last - step / 4; time += step) {
      const mark = make("span", {}, `${Number(time.toFixed(3))} s`);
      mark.style.left = `${place(time) / (WIDE / 100)}%`;
      axis.append(mark);
    }
  };
  const strip = byId("strip");
  const pictured = steps.flatMap(({ t, d, picture }, number) => {
    if (number === trace.failed && trace.screenshot) return [[t + d, number, trace.screenshot]];
    return picture ? [[t, number, picture]] : [];
  });
  const address = (name) => "./" + encodeURIComponent(name);
  // Each picture at its time, in its own ratio; of those that would overlap the last one.
  let drawnWidth = 0;
  const drawStrip = () => {
    strip.hidden = !pictured.length;
    const width = strip.clientWidth;
    if (strip.hidden || !width || width === drawnWidth) return;
    drawnWidth = width;
    const widest = Math.min(width, strip.clientHeight * 1.8);
    strip.replaceChildren();
    let end = width;
    for (const [time, number, picture] of [...pictured].reverse()) {
      const at = (place(time) / WIDE) * width;
      const left = Math.min(at, width - widest);
      if (left + widest > end) continue;
      end = left - 2;
      const title = `step ${number + 1}, at ${seconds(time)}`;
      const image = make("img", { src: address(picture), alt: "", title, draggable: false });
      image.dataset.step = number;
      if (at > left) image.style.right = 0;
      else image.style.left = `${left}px`;
      image.style.maxWidth = `${widest}px`;
      strip.prepend(image);
    }
  };
  const area = () => axis.getBoundingClientRect();
  const timeAt = (event) => {
    const { left, width } = area();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    return first + share * length;
  };
  let dragged = null;
  timeline.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const { step } = event.target.dataset;
    dragged = { x: event.clientX, time: timeAt(event), moved: false, step };
    timeline.setPointerCapture(event.pointerId);
  });
  timeline.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    if (!dragged.moved && Math.abs(event.clientX - dragged.x) < 5) return;
    dragged.moved = true;
    const time = timeAt(event);
    narrow(Math.min(time, dragged.time), Math.max(time, dragged.time));
  });
  timeline.addEventListener("pointerup", (event) => {
    if (dragged && !dragged.moved) choose(Number(dragged.step || stepAt(timeAt(event))));
    else if (dragged) setAddress(`#span=${state.from.toFixed(3)}-${state.to.toFixed(3)}`);
    dragged = null;
  });
  timeline.addEventListener("pointercancel", () => { dragged = null; });
  const stepAt = (time) => {
    let found = 0;
    steps.forEach((each, number) => { if (each.t <= time) found = number; });
    return found;
  };
  const showWindow = () => {
    const { left, width } = area();
    const from = left - timeline.getBoundingClientRect().left;
    windowMark.style.left = `${from + (width * place(state.from)) / WIDE}px`;
    windowMark.style.width = `${(width * (place(state.to) - place(state.from))) / WIDE}px`;
    windowMark.hidden = state.from <= first && state.to >= last;
    [...strip.children].forEach((each) => {
      each.classList.toggle("chosen", Number(each.dataset.step) === state.step);
    });
  };
  timeline.append(windowMark);

  // ---- What a list has above and below its visible part; buttons scroll to it.
  const watched = [];
  const watchMore = (box, items, total) => {
    const scroll = (way) => () => box.scrollBy({ top: way * box.clientHeight * 0.8 });
    const ways = [["above", -1], ["below", 1]].map(([name, way]) => {
      const button = make("button", { type: "button", className: name });
      button.addEventListener("click", scroll(way));
      return { name, button };
    });
    const row = make("div", { className: "more screen" }, ...ways.map((each) => each.button));
    box.after(row);
    const middle = (each) => {
      const { top, bottom } = each.getBoundingClientRect();
      return (top + bottom) / 2;
    };
    // How many items have their middle above an edge; there may be thousands.
    const countAbove = (edge) => {
      let [low, high] = [0, items.children.length];
      while (low < high) {
        const at = (low + high) >> 1;
        if (middle(items.children[at]) < edge) low = at + 1;
        else high = at;
      }
      return low;
    };
    const update = () => {
      const visible = box.getBoundingClientRect();
      const head = box.querySelector("thead");
      const top = visible.top + (head ? head.offsetHeight : 0);
      const { firstElementChild: begin, lastElementChild: end } = items;
      const isMore = begin ? [
        begin.getBoundingClientRect().top < top - 2,
        end.getBoundingClientRect().bottom > visible.bottom + 2 || items.children.length < total(),
      ] : [false, false];
      const counts = [countAbove(top), total() - countAbove(visible.bottom)];
      const focused = ways.find(({ button }) => button === document.activeElement);
      row.hidden = !isMore.some(Boolean);
      ways.forEach(({ name, button }, number) => {
        const count = counts[number];
        button.textContent = count ? `${count} more ${name}` : `more ${name}`;
        button.disabled = !isMore[number];
        box.classList.toggle(`more-${name}`, isMore[number]);
      });
      // At the end of the list the focus goes to the way back.
      const other = ways.find(({ button }) => !button.disabled);
      if (focused && focused.button.disabled && other) other.button.focus({ preventScroll: true });
    };
    box.addEventListener("scroll", update, { passive: true });
    new ResizeObserver(update).observe(box);
    watched.push(update);
  };
  const updateMore = () => watched.forEach((update) => update());

  // ---- The steps.
  const failedNote = "The test failed here";
  const buttons = steps.map((step, number) => {
    const isFailed = number === trace.failed;
    const text = make("span", {}, step.browser ? `browser ${step.browser}: ` : "", step.text);
    if (step.error) text.append(make("span", { className: "error" }, `✗ ${step.error}`));
    else if (isFailed) text.append(make("span", { className: "error" }, `✗ ${failedNote}`));
    const time = make("time", {}, seconds(step.t));
    // One of them is a stop of Tab: the current one.
    const button = make("button", { type: "button", tabIndex: -1 }, time, text);
    button.addEventListener("click", () => choose(number));
    const names = [step.look ? "look" : "", isFailed ? "failed" : ""].join(" ");
    byId("steps").append(make("li", { className: names }, button));
    return button;
  });
  watchMore(byId("steps"), byId("steps"), () => steps.length);

  // ---- One step.
  const showStep = () => {
    const step = steps[state.step];
    const title = step ? `Step ${state.step + 1}: ${step.text}` : "No step";
    byId("step-title").textContent = title;
    if (!step) return;
    const facts = make("dl");
    const fact = (name, value, tag = "span") => {
      if (value) facts.append(make("dt", {}, name), make("dd", {}, make(tag, {}, value)));
    };
    const isFailed = state.step === trace.failed;
    const wrong = (name, text, className) => facts.append(
      make("dt", {}, name), make("dd", {}, make("span", { className }, ...breakable(text))));
    if (isFailed && trace.raised) wrong("The app raised", trace.raised, "error");
    if (step.error) wrong("Error", step.error, isFailed && trace.raised ? "" : "error");
    fact("Answer", step.answer);
    fact("Call", step.command, "code");
    fact("Locator", step.element, "code");
    if (step.place) {
      facts.append(make("dt", {}, "Sent from"), make("dd", {}, linked(step.place, step.place)));
    }
    fact("Page after it", step.address, "code");
    fact("Ready state", step.ready);
    fact("Browser", step.browser ? `${step.browser} ${step.name || ""}` : "");
    const clock = new Date((trace.started + step.t) * 1000).toISOString().slice(11, 23);
    fact("Time", `${seconds(step.t)}, took ${duration(step.d)} (${clock} UTC)`);
    byId("step").replaceChildren(facts);
    byId("code").replaceChildren(...codeOf(step));
    showPage();
  };
  // A line of code, as a link to the commit where it has one. Its number is not broken.
  const linked = (place, label) => {
    const url = Object.hasOwn(sources, place) ? sources[place].url : "";
    const [number] = /(?::|line )\d+$/.exec(label) || [""];
    const file = label.slice(0, label.length - number.length);
    const shown = [...breakable(file, /(?<=\/)/), make("span", { className: "unbroken" }, number)];
    return make("code", {}, ...(url ? [make("a", { href: url }, ...shown)] : shown));
  };
  // Code is broken where it has blanks, or after its signs.
  const SIGNS = /(?<=\w[([{]|[.,/_=])(?=[\w"'])/;
  // The line of the app that raised the error comes first, then that of the test where it failed;
  // that of a helper is folded then.
  const codeOf = (step) => {
    const isFailed = state.step === trace.failed;
    const isKnown = (each) => each && Object.hasOwn(sources, each);
    const app = isFailed && isKnown(trace.app) ? trace.app : "";
    const places = new Set([app, isFailed ? trace.place : "", step.place].filter(isKnown));
    let shownOfTest = 0;
    return [...places].map((each) => {
      const source = sources[each];
      const indentOf = (line) => line.length - line.trimStart().length;
      const indent = Math.min(...source.lines.filter((line) => line.trim()).map(indentOf));
      const lines = source.lines.map((line, position) => {
        const number = source.first + position;
        const isCause = isFailed && (!app || each === app);
        const name = number !== source.line ? "" : isCause ? "failed-at" : "at";
        const text = line.slice(Math.min(indent, line.length));
        const shown = make("span", { className: name },
          `${String(number).padStart(3)}  `, ...breakable(text, SIGNS), "\n");
        // What does not fit goes on below, a little further in than the line begins.
        shown.style.setProperty("--hang", `${Math.min(indentOf(text), 20) + 9}ch`);
        return shown;
      });
      const label = `${source.file}, line ${source.line}`;
      const shown = make("pre", { tabIndex: 0, role: "region", "aria-label": label }, ...lines);
      const who = each === app ? "The app raised it at "
        : app && each === trace.place ? "The test failed at " : "";
      const title = make("h3", {}, who, linked(each, label));
      const isFolded = each !== app && shownOfTest++ > 0;
      return isFolded
        ? make("details", { className: "code" }, make("summary", {}, title), shown)
        : make("div", { className: "code" }, title, shown);
    });
  };

  // ---- What the page looked like.
  // A style sheet cannot end early, and text of others is no selector that means more.
  const marker = (element) => {
    const found = /^(id|name|class|tag)=([^{}<>\n]{1,200})$/.exec(element || "");
    if (!found) return "";
    const [, kind, value] = found;
    const escaped = CSS.escape(value);
    const selectors = {
      id: `#${escaped}`, class: `.${escaped}`, tag: escaped,
      name: `[name="${value.replace(/["\\]/g, "\\$&")}"]`,
    };
    return `${selectors[kind]} { outline: 3px solid #d9480f !important; outline-offset: 2px }`;
  };
  const CLOSE = "<" + "/style>";
  // No policy keeps these from looking for a host: Chrome connects before it refuses a frame. A
  // parser that loads nothing finds them, and once more in what it made of the page: it may read
  // that in another way.
  const HINTS = new Set(["link", "meta", "base", "iframe", "frame", "object", "embed", "script"]);
  const hintsIn = (root) => [...root.querySelectorAll("*")].flatMap((each) =>
    HINTS.has(each.localName.toLowerCase()) ? [each] : each.content ? hintsIn(each.content) : []);
  const withoutHints = (html) => {
    for (let round = 0; round < 5; round++) {
      const page = new DOMParser().parseFromString(html, "text/html");
      const found = hintsIn(page);
      if (!found.length) return html;
      found.forEach((each) => each.remove());
      html = page.documentElement.outerHTML;
    }
    return "This page cannot be shown.";
  };
  const frameOf = (page, step) => {
    const styles = page.styles.filter((key) => Object.hasOwn(trace.styles, key));
    const sheets = [
      "img, video, canvas { background: #8884; } a { pointer-events: none !important; } " +
        "[data-frame] { border: 1px solid #888; }",
      ...styles.map((key) => trace.styles[key]),
      marker(step.element),
    ].map((text) => `<style>${text.replace(/<\//g, "<\\/")}${CLOSE}`);
    const policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'";
    const frame = make("iframe", { title: "The page, without its scripts" });
    frame.setAttribute("sandbox", "");
    frame.setAttribute("referrerpolicy", "no-referrer");
    frame.srcdoc =
      `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" ` +
      `content="${policy}"><meta http-equiv="x-dns-prefetch-control" content="off">` +
      sheets.join("") + withoutHints(page.html);
    return frame;
  };
  const fit = () => {
    const box = byId("shown").querySelector(".frame");
    if (!box || !box.clientWidth) return;
    const scale = box.clientWidth / 1280;
    box.firstChild.style.transform = `scale(${scale})`;
    box.style.height = `${800 * scale}px`;
  };
  // The act that led to the page after a step: looks change nothing.
  const actOf = (number) => {
    let each = number;
    while (each !== -1 && steps[each].look) each = previousOf(each);
    return each;
  };
  // [name, when, address] of the picture or page before or after the step. Never an older one: it
  // may contradict what the test saw. If a look has failed, the page may have changed meanwhile.
  const seen = (name) => {
    const isEnd = state.view !== "before" && state.step === trace.failed;
    if (isEnd && name === "picture" && trace.screenshot) {
      return [trace.screenshot, "when the test failed", trace.final ? trace.final.address : ""];
    }
    if (isEnd && name === "page" && trace.final) {
      return [trace.final.page, `when the test failed, at ${seconds(trace.final.t)}`,
        trace.final.address];
    }
    if (isEnd && steps[state.step].look) return null;
    const act = actOf(state.view === "before" ? previousOf(state.step) : state.step);
    if (act === -1 || !steps[act][name]) return null;
    const { t, d, address } = steps[act];
    const which = act === state.step ? "this step" : `step ${act + 1}`;
    return [steps[act][name], `shortly after ${which}, at ${seconds(t + d)}`, address];
  };
  const nothing = (what = "No picture was taken") => `${what} ${
    state.view === "before" ? "before this step"
      : state.step === trace.failed ? "when the test failed" : "after this step"}.`;
  const showPage = () => {
    const found = { picture: seen("picture"), page: seen("page") };
    const kind = found[state.kind] ? state.kind : found.picture ? "picture"
      : found.page ? "page" : "";
    for (const [name, isOn] of [
      ["before", state.view === "before"], ["after", state.view !== "before"],
      ["picture", kind === "picture"], ["page", kind === "page"],
    ]) byId(`view-${name}`).setAttribute("aria-pressed", String(isOn));
    for (const name of ["picture", "page"]) {
      const button = byId(`view-${name}`);
      button.disabled = !found[name];
      button.title = found[name] ? "" : nothing(name === "page" ? "The page was not kept" : undefined);
    }
    const [name, when, url] = found[kind] || ["", "", ""];
    const caption = make("figcaption", { className: "soft" },
      kind ? (kind === "page" ? "The page " : "Picture ") + when : nothing(),
      url ? " · " : "", url ? make("code", {}, url) : "",
      kind === "page" && trace.pages[name].cut ? " (cut: it is too long)" : "");
    const shown = [caption];
    if (kind === "picture") {
      const image = make("img", { src: address(name), alt: `What the browser showed ${when}` });
      shown.push(make("a", { href: address(name) }, image));
    } else if (kind === "page") {
      const frame = frameOf(trace.pages[name], steps[state.step]);
      shown.push(make("div", { className: "frame" }, frame));
    }
    byId("shown").replaceChildren(...shown);
    fit();
  };
  for (const name of ["before", "after"]) {
    byId(`view-${name}`).addEventListener("click", () => { state.view = name; showPage(); });
  }
  for (const name of ["picture", "page"]) {
    byId(`view-${name}`).addEventListener("click", () => { state.kind = name; showPage(); });
  }

  // ---- What happened: the events of the span, only as many as one looks at.
  const list = byId("list");
  const rows = byId("events");
  const search = byId("search");
  let found = [];
  // How many lines of each lane are in the span, in its button.
  const numbers = lanes.map((_, number) => byId(`lane-${number}`).appendChild(make("span")));
  // Of a traceback the lines of installed code are softer than those of the project.
  const INSTALLED = /^(\s+)File "[^"]*\/(?:site-packages|dist-packages|lib\/python3)/;
  const LEFT_OUT = /^\s*… \d+ frames? of installed code …$/m;
  const softened = (text) => {
    const parts = [];
    let indent = -1;
    for (const line of text.split(/(?<=\n)/)) {
      const depth = line.length - line.trimStart().length;
      const installed = INSTALLED.exec(line);
      if (installed) indent = installed[1].length;
      else if (depth <= indent) indent = -1;
      const isSoft = indent !== -1 || LEFT_OUT.test(line);
      const shown = breakable(line);
      parts.push(...(isSoft ? [make("span", { className: "installed" }, ...shown)] : shown));
    }
    return make("span", { className: "said" }, ...parts);
  };
  // A text that leaves out installed code has a button for its `whole`.
  const said = (text, whole) => {
    const lines = text.split("\n");
    const isLong = lines.length > LONG;
    if (!isLong && !whole) return softened(text);
    const start = isLong ? lines.slice(0, 6).join("\n") : text;
    const end = isLong ? softened("\n" + lines.slice(-20).join("\n")) : "";
    const label = whole ? `all ${whole.split("\n").length} lines` : `${lines.length - 26} lines more`;
    const more = make("button", { type: "button" }, label);
    const part = make("span", {}, softened(start + "\n"), more, end);
    more.addEventListener("click", () => {
      part.replaceWith(softened(whole || text));
      updateMore();
    });
    return part;
  };
  const rowOf = ([number, position, [start, took, text, kind, detail, where, wholeText]]) => {
    const lane = lanes[number];
    const isStep = number === stepsLane;
    const isLog = lane.kind === "app" || lane.kind === "companion";
    const what = make("td", {});
    if (isStep) {
      const button = make("button", { type: "button" }, text);
      button.addEventListener("click", () => {
        choose(position);
        // This row is gone.
        buttons[position].focus({ preventScroll: true });
      });
      what.append(make("span", { className: "said" }, button));
    } else what.append(said(text, wholeText));
    const outcome = isStep ? steps[position].error || steps[position].answer : detail;
    const soft = [outcome, took >= 0.001 ? duration(took) : ""];
    const more = soft.filter(Boolean).join(" · ");
    if (more) what.append(" ", make("span", { className: "soft" }, more));
    const names = [kind ? MARKS[kind] : "", isLog ? "log" : "",
      isStep && position === state.step ? "now" : ""].join(" ").trim();
    return make("tr", { className: names },
      make("td", {}, start.toFixed(3)),
      make("td", {}, make("span", { className: `lane lane-${lane.kind}` }, where || lane.title)),
      what);
  };
  const showMore = () => {
    const shown = rows.children.length;
    if (shown < found.length) rows.append(...found.slice(shown, shown + BATCH).map(rowOf));
    updateMore();
  };
  watchMore(list, rows, () => found.length);
  const showEvents = () => {
    const text = search.value.toLowerCase();
    // Times are in thousandths: what ended as the span begins is no part of it.
    const isEarlier = ([, , event]) => event[0] < state.from;
    const inSpan = events.filter(([, , event]) =>
      event[0] <= state.to &&
      (event[0] >= state.from || event[0] + event[1] > state.from + 0.0005) &&
      (!text || event[2].toLowerCase().includes(text) ||
        event.slice(4).some((each) => (each || "").toLowerCase().includes(text))));
    const counts = lanes.map(() => 0);
    inSpan.forEach(([lane]) => { counts[lane] += 1; });
    lanes.forEach((lane, number) => {
      const all = lane.events.length;
      numbers[number].textContent =
        counts[number] === all ? ` ${all}` : ` ${counts[number]} of ${all}`;
    });
    found = inSpan.filter(([lane]) => !state.hidden.has(lane));
    rows.replaceChildren();
    list.scrollTop = 0;
    showMore();
    const isWhole = state.from <= first && state.to >= last;
    const [from, to] = [state.from, state.to].map((each) => `${each.toFixed(3)}\u00a0s`);
    const earlier = found.filter(isEarlier).length;
    byId("span").textContent = (isWhole ? "The whole test" : `From ${from} to ${to}`) +
      `: ${found.length} ${found.length === 1 ? "line" : "lines"}` +
      (earlier && !isWhole ? ` (${earlier} began earlier)` : "");
    byId("whole").disabled = isWhole;
  };
  new IntersectionObserver((seen) => { if (seen.some((each) => each.isIntersecting)) showMore(); },
    { rootMargin: "600px" }).observe(
    list.appendChild(make("div", { className: "end" }, "\u00a0")));
  list.addEventListener("scroll", () => {
    if (list.scrollTop + list.clientHeight > list.scrollHeight - 600) showMore();
  });
  lanes.forEach((lane, number) => {
    const button = byId(`lane-${number}`);
    button.addEventListener("click", () => {
      const isShown = state.hidden.delete(number);
      if (!isShown) state.hidden.add(number);
      button.setAttribute("aria-pressed", String(isShown));
      showEvents();
    });
  });
  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(showEvents, 100);
  });

  // ---- What is chosen.
  const setAddress = (hash) => history.replaceState(null, "", hash || location.pathname);
  const narrow = (from, to) => {
    state.from = from;
    state.to = to;
    showWindow();
    showEvents();
  };
  const mark = (number) => {
    if (buttons[state.step]) {
      buttons[state.step].removeAttribute("aria-current");
      buttons[state.step].tabIndex = -1;
    }
    state.step = number;
    if (!buttons[number]) return;
    buttons[number].setAttribute("aria-current", "step");
    buttons[number].tabIndex = 0;
    const box = byId("steps");
    const top = buttons[number].offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + buttons[number].offsetHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = top - box.clientHeight / 2;
    }
  };
  const choose = (number, { isFirst = false } = {}) => {
    if (!steps[number]) return;
    mark(number);
    showStep();
    narrow(startOf(number), endOf(number));
    if (!isFirst) setAddress(`#step=${number + 1}`);
  };
  const whole = () => {
    narrow(first, last);
    setAddress("#span=all");
  };
  byId("whole").addEventListener("click", whole);
  const follow = () => {
    const step = /^#step=(\d{1,6})$/.exec(location.hash);
    const span = /^#span=(-?\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(location.hash);
    const failed = trace.failed === null ? steps.length - 1 : trace.failed;
    choose(step ? Math.min(steps.length, Number(step[1])) - 1 : failed, { isFirst: true });
    if (trace.failed === null && !step) narrow(first, last);
    if (span) narrow(Number(span[1]), Number(span[2]));
    if (location.hash === "#span=all" || !steps.length) narrow(first, last);
  };
  window.addEventListener("hashchange", follow);
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target === search) {
      if (event.key === "Escape") { search.value = ""; search.blur(); showEvents(); }
      return;
    }
    const inList = byId("steps").contains(event.target);
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key] ||
      (inList && { ArrowDown: 1, ArrowUp: -1 }[event.key]);
    if (by && event.shiftKey) {
      const number = Math.min(steps.length - 1, Math.max(0, stepAt(state.to) + by));
      narrow(state.from, Math.max(state.from, endOf(number)));
    } else if (by) {
      choose(Math.min(steps.length - 1, Math.max(0, state.step + by)));
      if (inList) buttons[state.step].focus({ preventScroll: true });
    } else if (event.key === "/") search.focus();
    else if (event.key === "Escape") whole();
    else if (event.key === "b" || event.key === "B") {
      state.view = state.view === "after" ? "before" : "after";
      showPage();
    } else return;
    event.preventDefault();
  });
  const lay = () => { drawAxis(); drawStrip(); showWindow(); fit(); };
  byId("viewer").hidden = false;
  new ResizeObserver(lay).observe(timeline);
  drawAxis();
  drawStrip();
  follow();
})();
