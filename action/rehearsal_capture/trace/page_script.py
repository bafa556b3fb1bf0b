"""The script that describes a page: its DOM without scripts and without what may be a secret.

It runs in a world of its own, which shares the DOM with the page but no object of its scripts. It
only reads: a copy of an element could load a picture or start a script.
"""

from __future__ import annotations

import json

from rehearsal_capture.trace.hidden import HIDDEN, SECRET_NAME

# In characters and milliseconds.
MAX_HTML = 500_000
MAX_CSS = 300_000
_MAX_TIME = 100

_SCRIPT = r"""
known => {
  const secret = new RegExp(SECRET_NAME, "i"), hidden = HIDDEN, end = performance.now() + MAX_TIME;
  const plainName = /^[a-z][\w.:-]*$/i;
  const dropped = new Set(["script", "noscript", "link", "meta", "base", "object", "embed",
    "applet", "template", "title"]);
  const empty = new Set(["area", "br", "col", "hr", "img", "input", "source", "track", "wbr"]);
  const urls = new Set(["href", "src", "action", "formaction", "poster", "data", "xlink:href"]);
  const labels = new Set(["submit", "button", "reset", "checkbox", "radio", "range", "color"]);
  // A field that shows its password now stays a password.
  const passwords = globalThis.rehearsalPasswords = globalThis.rehearsalPasswords || new WeakSet();
  const out = [], css = [], sheets = {};
  let size = 0, cut = false, count = 0;
  const cutTo = (text, limit) => text.length > limit ? text.slice(0, limit - 1) + "…" : text;
  const put = text => { out.push(text); size += text.length; };
  const escape = text => text.replace(/[&<>"]/g, each => `&#${each.charCodeAt(0)};`);
  const named = node => [...node.attributes].some(({name, value}) => name !== "value"
      && name !== "class" && name !== "style" && secret.test(value))
    || [...(node.labels || [])].some(each => secret.test(each.textContent))
    || (node.maxLength === 1 && node.type !== "search");
  const isPlain = (node, type) => (type === "text" || type === "search" || type === "textarea")
    && !passwords.has(node) && !named(node);
  const attribute = (name, value) => put(` ${name}="${escape(value)}"`);

  function attributes(node, tag) {
    const type = tag === "input" || tag === "textarea" ? node.type : "";
    if (type === "password") passwords.add(node);
    for (const {name, value} of node.attributes) {
      if (/^on/i.test(name) || !plainName.test(name)) continue;
      if (["nonce", "integrity", "srcdoc", "srcset", "autofocus", "ping"].includes(name)) continue;
      if (name === "checked" || name === "selected" || (tag === "input" && name === "value"))
        continue;
      if (urls.has(name) && (/^\W*javascript:/i.test(value) || /^data:/i.test(value)
        && value.length > 2000)) continue;
      const isHidden = name === "value" ? named(node)
        : name !== "accesskey" && (secret.test(name) || /^hx-(headers|vals)$/.test(name)
          || /^\s*[[{]/.test(value) && secret.test(value));
      attribute(name, isHidden ? hidden : cutTo(value, 5000));
    }
    if (tag === "input") {
      if (node.checked) put(" checked");
      const value = labels.has(type) || isPlain(node, type) ? node.value : node.value && hidden;
      if (value && type !== "file") attribute("value", named(node) ? hidden : cutTo(value, 5000));
    }
    if (tag === "option" && node.selected) put(" selected");
  }

  function rulesOf(sheet) {
    try {
      return sheet.cssRules;
    } catch {
      return [];  // There is none, or it is from another server.
    }
  }

  function read(rules) {
    let text = "", whole = true;
    for (const each of rules) {
      if (text.length > MAX_CSS) break;
      whole = ++count % 200 !== 0 || performance.now() < end;
      if (!whole) break;
      text += each.cssText + "\n";
    }
    return {text: text.slice(0, MAX_CSS), rules: rules.length, whole};
  }

  function style(node) {
    const text = node.textContent.trim() ? node.textContent : read(rulesOf(node.sheet)).text;
    put(`<style>${text.slice(0, MAX_CSS).replace(/<\//g, "<\\/")}</style>`);
  }

  function link(node) {
    if (!node.sheet || node.disabled || !node.href || css.length >= 50) return;
    css.push(node.href);
    const rules = rulesOf(node.sheet);
    if (known[node.href] !== rules.length) sheets[node.href] = read(rules);
  }

  function frame(node) {
    let inside = null;
    try {
      inside = node.contentDocument;
    } catch { }
    put("<div");
    attribute("data-frame", inside ? inside.location.href : node.src || "");
    put(">");
    if (inside && inside.body) children(inside.body, 1);
    put("</div>");
  }

  function children(node, depth) {
    for (let each = node.firstChild; each && !cut; each = each.nextSibling) visit(each, depth);
  }

  function visit(node, depth) {
    if (size > MAX_HTML || depth > 400 || (++count % 200 === 0 && performance.now() > end)) {
      cut = true;
      return;
    }
    if (node.nodeType === 3) {
      put(escape(cutTo(node.data, 50000)));
      return;
    }
    if (node.nodeType !== 1) return;
    // An element of SVG may be called LINK, which its copy as HTML would be.
    const tag = plainName.test(node.localName) ? node.localName.toLowerCase() : "div";
    if (tag === "link") link(node);
    if (tag === "style") style(node);
    if (tag === "iframe" || tag === "frame") frame(node);
    if (dropped.has(tag) || tag === "style" || tag === "iframe" || tag === "frame") return;
    put(`<${tag}`);
    attributes(node, tag);
    put(">");
    if (empty.has(tag)) return;
    if (node.shadowRoot) {
      put('<template shadowrootmode="open">');
      children(node.shadowRoot, depth + 1);
      put("</template>");
    }
    if (tag === "textarea") put(escape(isPlain(node, "textarea") ? cutTo(node.value, 50000)
      : node.value && hidden));
    else children(node, depth + 1);
    put(`</${tag}>`);
  }

  if (document.doctype) put("<!DOCTYPE html>");
  if (document.documentElement) visit(document.documentElement, 0);
  return {url: location.href, ready: document.readyState, html: out.join(""), cut, css, sheets};
}
"""


def page_script() -> str:
    """Return a function in JavaScript; it takes how many rules the known style sheets have.

    It returns an object of url, ready, html, cut, css (addresses), and sheets: by address their
    text, the number of their rules, and whether the text is whole.
    """
    script = _SCRIPT.replace("SECRET_NAME", json.dumps(SECRET_NAME.pattern))
    script = script.replace("HIDDEN", json.dumps(HIDDEN))
    script = script.replace("MAX_TIME", str(_MAX_TIME)).replace("MAX_CSS", str(MAX_CSS))
    return script.replace("MAX_HTML", str(MAX_HTML))
